import { sql, type Compilable } from 'kysely'
import type { MetadataDatabase } from './metadata-database.ts'

/** Names in order, as the database gathered them. */
export class NameList {
  /** A JSON array, to be sent as it is: to parse and write a thousand names again is a sixth of such an answer. */
  readonly json: string
  readonly length: number

  constructor(json: string, length: number) {
    this.json = json
    this.length = length
  }

  get names(): string[] {
    return JSON.parse(this.json) as string[]
  }

  /** Names have nothing that JSON escapes. */
  get last(): string | undefined {
    return /"([^"]*)"]$/.exec(this.json.slice(-nameLengthMax))?.[1]
  }
}

/** More than a name of a repository or tag may have, with what JSON adds. */
const nameLengthMax = 512

/**
 * The names that a query selects, in its order (which both databases keep when they read from a sorted query), as one
 * value: a row of its own for each of a thousand would take five times as long.
 */
export async function listNames(
  { db, kind }: Pick<MetadataDatabase, 'db' | 'kind'>,
  query: Compilable<{ name: string }>,
): Promise<NameList> {
  const gathered = kind === 'sqlite' ? sql`json_group_array(name)` : sql`coalesce(json_agg(name), '[]')::text`
  const selected = sql<{ names: string; length: number | string }>`
    select ${gathered} as names, count(*) as length from (${query}) as page`
  const { rows } = await selected.execute(db)
  return new NameList(rows[0]?.names ?? '[]', Number(rows[0]?.length ?? 0))
}
