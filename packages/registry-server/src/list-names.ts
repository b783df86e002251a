import { sql, type Compilable } from 'kysely'
import type { MetadataDatabase } from './metadata-database.ts'

/**
 * The names that a query selects, in its order (which both databases keep when they read from a sorted query), as one
 * value: a row of its own for each of a thousand would take five times as long.
 */
export async function listNames(
  { db, kind }: Pick<MetadataDatabase, 'db' | 'kind'>,
  query: Compilable<{ name: string }>,
): Promise<string[]> {
  const gathered = kind === 'sqlite' ? sql`json_group_array(name)` : sql`coalesce(json_agg(name), '[]')::text`
  const selected = sql<{ names: string }>`select ${gathered} as names from (${query}) as page`
  const { rows } = await selected.execute(db)
  return JSON.parse(rows[0]?.names ?? '[]') as string[]
}
