import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { catalogMigrations } from '@berth/catalog/testsuite'
import { createRegistry, type Registry } from '@berth/registry-server'
import { openSqlDatabase, type SqlDatabase } from '@berth/sql'
import { parseRecording } from '@berth/sql/testsuite'
import { silentLogger } from '@berth/stdx'
import { temporaryDirectory } from '@berth/stdx/testsuite'

/** What the version before says to its database: `record-statements.main.ts`. */
export const recording = parseRecording(
  await readFile(join(import.meta.dirname, 'statements-of-before.jsonl'), 'utf8'),
)
/** The catalog's tables as that version has them. The last step was another one then. */
const rename = `
  ALTER TABLE hub_deleted_repositories RENAME TO hub_revocations;
  ALTER TABLE hub_revocations RENAME COLUMN deleted_at TO revoked_at;
`
const migrationsOfBefore = [...catalogMigrations.slice(0, 2), { sqlite: rename, postgres: rename }]

/** A database with the tables of the version before. */
export async function openBefore(location: string, stack: AsyncDisposableStack): Promise<SqlDatabase> {
  const database = stack.use(await openSqlDatabase(location))
  await database.migrate('catalog', migrationsOfBefore)
  // The registry's tables are the same as they were.
  await openRegistry(database, stack)
  return database
}

export async function openRegistry(database: SqlDatabase, stack: AsyncDisposableStack): Promise<Registry> {
  const directory = await temporaryDirectory(stack)
  return stack.use(await createRegistry({ directory, database, logger: silentLogger }))
}
