import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openCatalog, type Catalog, type Viewer } from '@berth/catalog'
import { MemoryContents, randomWord, seedRepositories } from '@berth/catalog/testsuite'
import { openSqlDatabase } from '@berth/sql'
import { startPostgresServer } from '@berth/sql/testsuite'

/** Search among many repositories, asked by several at once: `bench/search.ts [REPOSITORIES] [SEARCHES]`. */
const [repositories = 100_000, searches = 2000] = process.argv.slice(2).map(Number)
const askers = 8
const goalMs = 50
const everyone: Viewer = { account: undefined, scope: 'repo:public_read', tokenId: undefined, address: '' }

/** The same numbers every time (mulberry32): one that forgets little would give the popular the same few words. */
function createRandom(seed = 1): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** One word, two, the beginning of one, in turn. */
function createTexts(count: number): string[] {
  const random = createRandom(2)
  const word = () => randomWord(random)
  const kinds = [word, () => `${word()} ${word()}`, () => word().slice(0, 3)]
  return Array.from({ length: count }, (_, index) => kinds[index % kinds.length]?.() ?? '')
}

async function measureSearch(catalog: Catalog): Promise<number[]> {
  const texts = createTexts(searches).values()
  const samples: number[] = []
  const ask = async () => {
    for (const text of texts) {
      const start = performance.now()
      await catalog.repositories.search(everyone, { text, page: 1, size: 25 })
      samples.push(performance.now() - start)
    }
  }
  await Promise.all(Array.from({ length: askers }, ask))
  return samples.toSorted((a, b) => a - b)
}

async function report(name: string, location: string): Promise<void> {
  await using database = await openSqlDatabase(location)
  await seedRepositories(database, { count: repositories, random: createRandom() })
  await using catalog = await openCatalog({ database, contents: new MemoryContents() })
  const samples = await measureSearch(catalog)
  const at = (share: number) => samples[Math.floor((samples.length - 1) * share)]?.toFixed(1)
  console.log(
    `search among ${repositories} repositories, ${askers} at once, ${name}: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms (goal ${goalMs} ms)`,
  )
}

const directory = await mkdtemp(join(tmpdir(), 'berth-search-'))
try {
  await report('SQLite', join(directory, 'catalog.db'))
  await using server = await startPostgresServer()
  if (server) await report('PostgreSQL', await server.createDatabase())
  else console.log('PostgreSQL is not installed')
} finally {
  await rm(directory, { recursive: true })
}
