import type { SqlDatabase } from '@berth/sql'
import { sql } from 'kysely'
import { openCatalogDatabase, type CatalogWriter } from '../database/catalog-database.ts'
import { insertNamespace } from '../organizations/namespace-store.ts'
import { insertSearchEntries } from '../search/search-store.ts'

const topics =
  'web server proxy data base postgres redis nginx node python java go rust api client admin ui build ci deploy monitor metrics log queue cache search mail chat game bot image file sync backup vpn dns router auth login test demo example debian ubuntu tool kit cloud kube helm git store shop blog wiki docs'.split(
    ' ',
  )
const rareWords = 20_000
const namespaceCount = 500
const batch = 500

/** Words as repositories have them: some are everywhere, most are rare. `random` gives numbers from 0 to 1. */
export function randomWord(random: () => number): string {
  const topic = topics[Math.floor(topics.length * random() ** 2)]
  return topic !== undefined && random() < 0.5 ? topic : `w${Math.floor(rareWords * random()).toString(36)}`
}

/** Fills an empty catalog with public repositories straight through its tables, for measurements. */
export async function seedRepositories(
  database: SqlDatabase,
  { count, random }: { count: number; random: () => number },
): Promise<void> {
  const { kind, db, write } = await openCatalogDatabase(database, Date.now)
  const namespaces = await write(async (db) => {
    const ids: number[] = []
    for (let index = 0; index < namespaceCount; index++) {
      const form = { name: `user${index}`, kind: 'account' as const, fullName: '', createdAt: 0 }
      ids.push((await insertNamespace(db, form)) ?? 0)
    }
    return ids
  })
  const phrase = (words: number) => Array.from({ length: words }, () => randomWord(random))
  for (let start = 0; start < count; start += batch) {
    const rows = Array.from({ length: Math.min(batch, count - start) }, (_, offset) => {
      const index = start + offset
      const owner = index % namespaceCount
      const name = `user${owner}/${[...phrase(2), index.toString(36)].join('-')}`
      const description = phrase(8).join(' ').slice(0, 100)
      // Few have many.
      const starCount = Math.floor(random() ** 12 * 10_000)
      return { namespaceId: namespaces[owner] ?? 0, name, description, starCount }
    })
    await write((db) => insertRows(db, rows))
  }
  // What PostgreSQL would do in its own time.
  if (kind === 'postgres')
    await sql`VACUUM ANALYZE hub_repositories, hub_search, hub_search_postings`.execute(db)
}

interface SeedRow {
  namespaceId: number
  name: string
  description: string
  starCount: number
}

async function insertRows(db: CatalogWriter, rows: readonly SeedRow[]): Promise<void> {
  const inserted = await db
    .insertInto('hub_repositories')
    .values(
      rows.map(({ namespaceId, name, description, starCount }) => ({
        namespace_id: namespaceId,
        name,
        description,
        star_count: starCount,
        is_private: 0,
        full_description: '',
        categories: '[]',
        source: null,
        created_at: 0,
        updated_at: 0,
      })),
    )
    .returning(['id', 'name', 'description', 'star_count as starCount'])
    .execute()
  const same = { categories: [], isPrivate: false, isOfficial: false, isAutomated: false, pullCount: 0 }
  await insertSearchEntries(
    db,
    inserted.map((row) => ({ ...row, ...same })),
  )
}
