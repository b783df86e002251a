import { sql, type Kysely, type Transaction } from 'kysely'
import type { SqlWrites } from './sql-database.ts'

/** Writes in one transaction at most; the rest wait for the next. */
const groupMax = 500

interface WaitingWrite<Schema> {
  action: (transaction: Transaction<Schema>) => Promise<unknown>
  resolve: (value: unknown) => void
  reject: (error: unknown) => void
}

/**
 * Joins writes that come at the same time into one transaction, because a commit waits for the disk and there is one
 * writer at a time anyway. Each has a
 * savepoint of its own: one that fails takes nothing of the others with it. A write is durable when its promise resolves.
 */
export class GroupCommit<Schema> implements SqlWrites<Schema> {
  readonly #db: Kysely<Schema>
  #waiting: WaitingWrite<Schema>[] = []
  #isScheduled = false

  constructor(db: Kysely<Schema>) {
    this.#db = db
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
    try {
      const settle = await this.#db.transaction().execute((transaction) => runEach(transaction, group))
      for (const tell of settle) tell()
    } catch (error) {
      for (const { reject } of group) reject(error)
    }
    this.#isScheduled = false
    if (this.#waiting.length > 0) this.#schedule()
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
