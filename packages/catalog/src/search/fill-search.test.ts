import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { openSqlDatabase } from '@berth/sql'
import { openCatalogDatabase } from '../database/catalog-database.ts'
import { openCatalog } from '../open-catalog.ts'
import { MemoryContents } from '../testsuite/memory-contents.ts'
import { seedRepositories } from '../testsuite/seed-repositories.ts'

const count = 1200

test('fillSearch() goes on where it was ended, while the catalog is used, and then has nothing to do', async () => {
  await using database = await openSqlDatabase(':memory:')
  await using catalog = await openCatalog({ database, contents: new MemoryContents() })
  assert.equal(await catalog.fillSearch(), 0, 'nothing is older than what is searched')
  await seedRepositories(database, { count, random: () => 0.4 })
  const everyone = { account: undefined, scope: 'repo:public_read', tokenId: undefined, address: '' } as const
  const find = async () =>
    (await catalog.repositories.search(everyone, { text: 'user', page: 1, size: 1 })).count
  const before = await find()
  // As a version leaves it that searched otherwise.
  const { db } = await openCatalogDatabase(database, Date.now)
  await sql`INSERT INTO hub_search_public (hub_search_public) VALUES ('delete-all')`.execute(db)
  await sql`INSERT INTO hub_search_fill SELECT max(rank) + 1 FROM hub_search`.execute(db)
  assert.equal(await find(), 0)

  const ending = new AbortController()
  const progress: number[] = []
  const onProgress = (entries: number) => {
    progress.push(entries)
    ending.abort()
  }
  const first = await catalog.fillSearch({ signal: ending.signal, onProgress })
  assert.deepEqual(progress, [first])
  assert.ok(first > 0 && first < count)
  assert.equal(await find(), Math.min(before, first), 'what is filled is found')
  assert.equal(await catalog.fillSearch(), count - first)
  assert.equal(await find(), before)
  assert.equal(await catalog.fillSearch(), 0)
})
