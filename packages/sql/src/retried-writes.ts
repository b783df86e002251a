import { setTimeout as sleep } from 'node:timers/promises'
import type { Kysely, Transaction } from 'kysely'
import { isLostRace } from './reachable-pool.ts'
import type { SqlWrites } from './sql-database.ts'

const attemptsMax = 5
const retryBaseMs = 10

/**
 * Gives each write a transaction of its own: PostgreSQL itself joins commits that come at the same time, and a write that
 * waits for another replica's lock holds up nobody else. Of two that wait for each other PostgreSQL ends one, which is run
 * again.
 */
export class RetriedWrites<Schema> implements SqlWrites<Schema> {
  readonly #db: Kysely<Schema>

  constructor(db: Kysely<Schema>) {
    this.#db = db
  }

  async run<T>(action: (transaction: Transaction<Schema>) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#db.transaction().execute(action)
      } catch (error) {
        if (!isLostRace(error) || attempt === attemptsMax) throw error
        await sleep(retryBaseMs * 2 ** attempt * Math.random())
      }
    }
  }
}
