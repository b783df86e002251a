import { CodedError, isCoded } from '@berth/stdx'
import type { PostgresPool, PostgresPoolClient } from 'kysely'
import type { Pool, PoolClient } from 'pg'

/** Runs one statement, or several without values. */
export type Query = (
  text: string,
  values?: readonly unknown[],
) => Promise<{ rows: Record<string, unknown>[] }>

/**
 * Says of every failure whether the database was there: PostgreSQL, "Appendix A. PostgreSQL Error Codes". Classes 08
 * (connection), 53 (resources, connections among them), 57P (shut down, starting up), 25006 (a standby that only reads),
 * 40 (a transaction that lost against another) and 55P03 (one that did not get its lock in time) are over with time; so is
 * all that has no code of PostgreSQL's.
 */
const passing = /^(08|53|57P|40|25006|55P03)/
const lostRace = /^(40|55P03)/

/** A pool whose errors are `unavailable` while the database is gone or overloaded, and PostgreSQL's own otherwise. */
export class ReachablePool implements PostgresPool {
  readonly options: object
  readonly #pool: Pool

  constructor(pool: Pool) {
    this.#pool = pool
    this.options = pool.options
  }

  async connect(): Promise<PostgresPoolClient> {
    return reachableClient(await this.#pool.connect().catch(rethrow))
  }

  async end(): Promise<void> {
    await this.#pool.end()
  }

  /** Runs statements in a transaction of their own. */
  async transaction<T>(action: (query: Query) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect().catch(rethrow)
    let isBroken = true
    client.on('error', toldByStatement)
    try {
      await client.query('BEGIN')
      const result = await action((text, values) => client.query(text, values && [...values]))
      await client.query('COMMIT')
      isBroken = false
      return result
    } catch (error) {
      return rethrow(error)
    } finally {
      client.off('error', toldByStatement)
      // A connection that is dropped takes its transaction with it.
      client.release(isBroken)
    }
  }
}

/** The statement that runs fails too, or else the next; what nobody listens to would end the process. */
const toldByStatement = (): void => {}

function reachableClient(client: PoolClient): PostgresPoolClient {
  let isBroken = false
  // Between two statements of a transaction nobody listens; the next statement tells.
  const onError = () => {
    isBroken = true
  }
  client.on('error', onError)
  const query = async (text: string, values: readonly unknown[]) => {
    try {
      return await client.query(text, [...values])
    } catch (error) {
      isBroken ||= isGone(error)
      return rethrow(error)
    }
  }
  return {
    // The form with cursors is for kysely's streams, which have to be asked for.
    query: query as unknown as PostgresPoolClient['query'],
    release() {
      client.off('error', onError)
      client.release(isBroken)
    },
  }
}

function rethrow(error: unknown): never {
  if (isCoded(error) || !isPassing(error)) throw error
  throw new CodedError('unavailable', 'Cannot reach database', { cause: error })
}

function isPassing(error: unknown): boolean {
  return isGone(error) || passing.test(sqlState(error) ?? '')
}

/** Errors of the connection carry no SQLSTATE of five characters. */
function isGone(error: unknown): boolean {
  const state = sqlState(error)
  return state === undefined || /^(08|57P)/.test(state)
}

/** Whether a transaction was undone because of another one (deadlock, serialization, lock): it may be run again. */
export function isLostRace(error: unknown): boolean {
  return isCoded(error, 'unavailable') && lostRace.test(sqlState(error.cause) ?? '')
}

function sqlState(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined
}
