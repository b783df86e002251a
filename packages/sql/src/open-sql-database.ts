import type { SqlDatabase } from './sql-database.ts'
import { openSqliteDatabase } from './sqlite-database.ts'

/** Opens a `postgres://` URL, or else the SQLite file of that path. */
export async function openSqlDatabase(location: string): Promise<SqlDatabase> {
  if (!/^postgres(ql)?:/.test(location)) return openSqliteDatabase(location)
  // Loaded when it is wanted: the client takes time and memory.
  const { openPostgresDatabase } = await import('./postgres-database.ts')
  return openPostgresDatabase(location)
}
