import { setTimeout as sleep } from 'node:timers/promises'
import { CodedError } from '@berth/stdx'
import { isLostRace, type Query, type ReachablePool } from './reachable-pool.ts'
import type { SqlMigration } from './sql-database.ts'

/** Any number will do that nothing else on the database locks. */
const migrationLock = 'SELECT pg_advisory_xact_lock(4242424201)'
/**
 * A step that waits for a table has everybody behind it who wants the table after it. So it waits for a moment, lets those
 * through, and tries again.
 */
const lockTimeout = "SET LOCAL lock_timeout = '500ms'"
const pauseMs = 250
/** Somebody holds a table all the time: an operator's own transaction that was left open. */
const giveUpMs = 60_000

export interface Migrating {
  component: string
  migrations: readonly SqlMigration[]
}

/** Makes the table that knows how far each component is. */
export function prepareMigrations(pool: ReachablePool): Promise<void> {
  return pool.transaction(async (query) => {
    await query(migrationLock)
    await query(
      'CREATE TABLE IF NOT EXISTS schema_version (component TEXT PRIMARY KEY, version INTEGER NOT NULL)',
    )
  })
}

/** As `SqlDatabase.migrate`. */
export async function migratePostgres(
  pool: ReachablePool,
  { component, migrations }: Migrating,
): Promise<void> {
  for (const [index, { postgres }] of migrations.entries())
    await betweenOthers(component, () =>
      pool.transaction((query) => takeStep(query, { component, index, statements: postgres })),
    )
  const version = await pool.transaction((query) => findVersion(query, component))
  if (version <= migrations.length) return
  throw new CodedError(
    'failed-precondition',
    `Cannot open database: its ${component} schema has version ${version}, this program knows ${migrations.length}`,
    { hint: 'Start the version of the program that wrote it, or a later one.' },
  )
}

/** Runs a step until it did not lose against who works with the tables meanwhile. */
async function betweenOthers(component: string, action: () => Promise<void>): Promise<void> {
  const deadline = performance.now() + giveUpMs
  for (;;) {
    try {
      return await action()
    } catch (error) {
      if (!isLostRace(error)) throw error
      if (performance.now() > deadline) throw heldUp(component, error)
      await sleep(pauseMs)
    }
  }
}

interface Step {
  component: string
  index: number
  statements: string
}

async function takeStep(query: Query, { component, index, statements }: Step): Promise<void> {
  await query(migrationLock)
  if ((await findVersion(query, component)) > index) return
  await query(lockTimeout)
  await query(statements)
  await query(
    'INSERT INTO schema_version VALUES ($1, $2) ON CONFLICT (component) DO UPDATE SET version = excluded.version',
    [component, index + 1],
  )
}

async function findVersion(query: Query, component: string): Promise<number> {
  const { rows } = await query('SELECT version FROM schema_version WHERE component = $1', [component])
  return Number(rows[0]?.['version'] ?? 0)
}

function heldUp(component: string, cause: unknown): CodedError {
  return new CodedError(
    'unavailable',
    `Cannot open database: others hold tables of its ${component} schema all the time`,
    { cause, hint: 'Look for transactions that were left open in pg_stat_activity.' },
  )
}
