import { CodedError, isCoded, messageOf } from '@berth/stdx'
import { Kysely, PostgresDialect } from 'kysely'
import { Pool, types } from 'pg'
import { migratePostgres, prepareMigrations } from './migrate-postgres.ts'
import { ReachablePool } from './reachable-pool.ts'
import { RetriedWrites } from './retried-writes.ts'
import type { SqlDatabase, SqlTables } from './sql-database.ts'

/** Connections of one process: a replica has a few dozen requests at work at once, most of them without the database. */
const connectionsMax = 10
const connectTimeoutMs = 5000
/** A statement that takes longer than this has gone wrong. */
const statementTimeoutMs = 30_000
/** A server that cannot even say so is gone. */
const answerTimeoutMs = statementTimeoutMs + 5000
const idleTimeoutMs = 60_000

/** Numbers of 64 bits come as numbers: times, sizes and counts, all below 2^53. */
const numberTypes: ReadonlySet<number> = new Set([types.builtins.INT8, types.builtins.NUMERIC])
const numbersAsNumbers: typeof types.getTypeParser = (type, format) =>
  numberTypes.has(type) ? Number : types.getTypeParser(type, format)

/**
 * Opens the PostgreSQL database that `url` names (`postgres://user@host/name`); several processes share it. Throws
 * `unavailable` when it cannot be reached, in words without the password.
 */
export async function openPostgresDatabase(url: string): Promise<SqlDatabase> {
  const pool = new Pool({
    connectionString: url,
    max: connectionsMax,
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: statementTimeoutMs,
    query_timeout: answerTimeoutMs,
    idleTimeoutMillis: idleTimeoutMs,
    types: { getTypeParser: numbersAsNumbers },
    // Pages are found in memory or on a disk without a head: PostgreSQL's default reads whole tables instead.
    // Compiling a statement takes longer than any of these, which are small.
    options: '-c random_page_cost=1.1 -c jit=off',
  })
  // A connection that breaks while nobody uses it is replaced when somebody does.
  pool.on('error', () => {})
  const reachable = new ReachablePool(pool)
  // oxlint-disable-next-line typescript/no-explicit-any -- which tables there are is known by who asks for them
  const db = new Kysely<any>({ dialect: new PostgresDialect({ pool: reachable }) })
  await using stack = new AsyncDisposableStack()
  stack.defer(() => db.destroy())
  await prepareMigrations(reachable).catch((error: unknown) => refuse(url, error))
  const tables: SqlTables<unknown> = { kind: 'postgres', db, writes: new RetriedWrites(db) }
  const owned = stack.move()
  return {
    kind: 'postgres',
    migrate: (component, migrations) => migratePostgres(reachable, { component, migrations }),
    tables: <Schema>() => tables as SqlTables<Schema>,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

/** Whoever starts a program wants to know which server it was, and what that said. */
function refuse(url: string, error: unknown): never {
  const place = placeOf(url)
  const cause = isCoded(error, 'unavailable') ? error.cause : error
  throw new CodedError('unavailable', `Cannot open database${place}: ${messageOf(cause)}`, {
    cause: error,
    hint: 'PostgreSQL must run there, and let this user in to a database of this name.',
  })
}

/** Host and name, without user and password. */
function placeOf(url: string): string {
  const parsed = URL.parse(url)
  return parsed ? ` ${parsed.pathname.slice(1) || '(default)'} at ${parsed.host || 'the local socket'}` : ''
}
