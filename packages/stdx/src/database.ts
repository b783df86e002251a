import { closeSync, openSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { CodedError } from './coded-error.ts'

/** One numbered step of a component's schema; steps run in order, each once, in a transaction. */
export type Migration = (database: DatabaseSync) => void

/** How long a statement waits for another program that writes. */
const busyTimeoutMs = 5000

/**
 * Opens an SQLite database with the project's settings: WAL, synchronous=FULL (a committed row survives a power cut),
 * foreign keys on, a new file for the owner alone. The caller closes it. Throws SQLite's error when `path` holds
 * something else.
 */
export function openDatabase(path: string): DatabaseSync {
  // SQLite gives its log and its shared memory the mode of the file.
  if (path !== ':memory:') closeSync(openSync(path, 'a', 0o600))
  const database = new DatabaseSync(path, { timeout: busyTimeoutMs })
  try {
    patiently(() =>
      database.exec(`
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = FULL;
        PRAGMA foreign_keys = ON;
        CREATE TABLE IF NOT EXISTS schema_version (component TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT;
      `),
    )
  } catch (error) {
    database.close()
    throw error
  }
  return database
}

/** SQLite, "Result and Error Codes". */
const sqliteBusy = 5
const retryMs = 5

/** The change to WAL wants the file for itself, and where several make it at once SQLite refuses without waiting. */
function patiently(action: () => void): void {
  const deadline = performance.now() + busyTimeoutMs
  for (;;) {
    try {
      return action()
    } catch (error) {
      const isBusy =
        error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === sqliteBusy
      if (!isBusy || performance.now() > deadline) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, retryMs)
    }
  }
}

/**
 * Brings the tables of `component` up to the last of `migrations`; throws `failed-precondition` for a database that is
 * newer than this program.
 */
export function migrate(database: DatabaseSync, component: string, migrations: readonly Migration[]): void {
  const current = schemaVersion(database, component)
  if (current > migrations.length) {
    throw new CodedError(
      'failed-precondition',
      `Cannot open database: its ${component} schema has version ${current}, this program knows ${migrations.length}`,
      { hint: 'Start the version of the program that wrote it, or a later one.' },
    )
  }
  for (const [index, apply] of migrations.entries()) {
    if (index < current) continue
    transaction(database, () => {
      // Another process may have come first.
      if (schemaVersion(database, component) > index) return
      apply(database)
      database
        .prepare(
          'INSERT INTO schema_version VALUES (?, ?) ON CONFLICT (component) DO UPDATE SET version = excluded.version',
        )
        .run(component, index + 1)
    })
  }
}

function schemaVersion(database: DatabaseSync, component: string): number {
  const row = database.prepare('SELECT version FROM schema_version WHERE component = ?').get(component)
  return Number(row?.['version'] ?? 0)
}

/** Runs `action` in one transaction; a throw rolls it back. */
export function transaction<T>(database: DatabaseSync, action: () => T): T {
  database.exec('BEGIN IMMEDIATE')
  try {
    const result = action()
    database.exec('COMMIT')
    return result
  } catch (error) {
    // SQLite itself rolls back after some errors, a full disk among them.
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}
