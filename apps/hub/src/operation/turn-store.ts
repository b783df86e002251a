import { declareForBoth, type SqlDatabase, type SqlMigration, type SqlTables } from '@berth/sql'

interface TurnSchema {
  hub_turns: {
    name: string
    holder: string
    /** Milliseconds since the epoch. */
    held_until: number
  }
}

/** Steps of its table. */
export const turnMigrations: readonly SqlMigration[] = [
  declareForBoth(
    ({ integer, text, keyed }) => `
      CREATE TABLE hub_turns (
        name ${text} NOT NULL PRIMARY KEY,
        holder ${text} NOT NULL,
        held_until ${integer} NOT NULL
      )${keyed};
    `,
  ),
]

/** Who of all hubs on a database does what only one of them is to do at a time. */
export class TurnStore {
  readonly #tables: SqlTables<TurnSchema>
  readonly #now: () => number

  private constructor(tables: SqlTables<TurnSchema>, now: () => number) {
    this.#tables = tables
    this.#now = now
  }

  static async open(database: SqlDatabase, now: () => number = Date.now): Promise<TurnStore> {
    await database.migrate('hub-turns', turnMigrations)
    return new TurnStore(database.tables<TurnSchema>(), now)
  }

  /** Takes a turn for so long from now, or goes on with it; false while another holder has it. */
  async take(name: string, holder: string, forMs: number): Promise<boolean> {
    const now = this.#now()
    const row = { holder, held_until: Math.round(now + forMs) }
    const taken = await this.#tables.writes.run((transaction) =>
      transaction
        .insertInto('hub_turns')
        .values({ name, ...row })
        .onConflict((conflict) =>
          conflict
            .column('name')
            .doUpdateSet(row)
            .where((turn) =>
              turn.or([turn('hub_turns.holder', '=', holder), turn('hub_turns.held_until', '<=', now)]),
            ),
        )
        .returning('holder')
        .execute(),
    )
    return taken.length > 0
  }
}
