import type { SqlDatabase, SqlTables } from '@berth/sql'
import { metadataMigrations, type MetadataSchema } from './metadata-schema.ts'

/** What all stores of a registry work on: its tables and one clock. */
export interface MetadataDatabase extends SqlTables<MetadataSchema> {
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/** Brings a registry's tables in `database` up to date; the caller closes it. */
export async function openMetadata(
  database: SqlDatabase,
  now: () => number = Date.now,
): Promise<MetadataDatabase> {
  await database.migrate('registry', metadataMigrations)
  return { ...database.tables<MetadataSchema>(), now }
}
