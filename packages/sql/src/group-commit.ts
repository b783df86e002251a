import { sql, type Kysely, type Transaction } from 'kysely'
import type { CommitLog } from './commit-log.ts'
import type { SqlWrites } from './sql-database.ts'

/** Writes in one transaction at most; the rest wait for the next. */
const groupMax = 500

interface WaitingWrite<Schema> {
  action: (transaction: Transaction<Schema>) => Promise<unknown>
  resolve: (value: unknown) => void
  reject: (error: unknown) => void
}

/**
 * Joins writes that come at the same time into one transaction, because there is one writer at a time anyway. Each has a
 * savepoint of its own: one that fails takes nothing of the others with it. A write is durable when its promise resolves:
 * where there is a log the commit itself does not wait for the disk, so the next group is written while that of this one
 * is synced.
 */
export class GroupCommit<Schema> implements SqlWrites<Schema> {
  readonly #db: Kysely<Schema>
  readonly #log: CommitLog | undefined
  #waiting: WaitingWrite<Schema>[] = []
  #isScheduled = false

  constructor(db: Kysely<Schema>, log?: CommitLog) {
    this.#db = db
    this.#log = log
  }

  run<T>(action: (transaction: Transaction<Schema>) => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ action, resolve: resolve as (value: unknown) => void, reject })
      this.#schedule()
    })
  }

  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    // After the requests that have come in by now have had their turn to add writes.
    setImmediate(() => void this.#commitGroup())
  }

  async #commitGroup(): Promise<void> {
    const group = this.#waiting.splice(0, groupMax)
    const committed = this.#commit(group)
    await committed.catch(() => {})
    this.#isScheduled = false
    if (this.#waiting.length > 0) this.#schedule()
    try {
      const settle = await committed
      await this.#log?.sync()
      for (const tell of settle) tell()
    } catch (error) {
      for (const { reject } of group) reject(error)
    }
  }

  #commit(group: readonly WaitingWrite<Schema>[]): Promise<(() => void)[]> {
    const db = this.#db
    if (!this.#log) return db.transaction().execute((transaction) => runEach(transaction, group))
    return db.connection().execute(async (connection) => {
      await sql`pragma synchronous = normal`.execute(connection)
      try {
        return await connection.transaction().execute((transaction) => runEach(transaction, group))
      } finally {
        await sql`pragma synchronous = full`.execute(connection)
      }
    })
  }
}

/** Runs the writes in order; how each ended is told only when all are committed. */
async function runEach<Schema>(
  transaction: Transaction<Schema>,
  group: readonly WaitingWrite<Schema>[],
): Promise<(() => void)[]> {
  const settle: (() => void)[] = []
  for (const { action, resolve, reject } of group) {
    await sql`savepoint write`.execute(transaction)
    try {
      const result = await action(transaction)
      settle.push(() => resolve(result))
    } catch (error) {
      await sql`rollback to write`.execute(transaction)
      settle.push(() => reject(error))
    }
    await sql`release write`.execute(transaction)
  }
  return settle
}
