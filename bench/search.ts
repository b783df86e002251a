import { mkdir } from 'node:fs/promises'
import { Agent, get } from 'node:http'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { randomWord, seedRepositories } from '@berth/catalog/testsuite'
import { openSqlDatabase } from '@berth/sql'
import { startPostgresServer } from '@berth/sql/testsuite'
import { findFreePort, temporaryDirectory } from '@berth/stdx/testsuite'
import { prepareCheckout } from '../setup/prepare-checkout.ts'
import { publishFigures } from './figures.ts'
import { measureSeriesInTurns, type SeriesContestant } from './measure.ts'
import { startProgram } from './program.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    repositories: { type: 'string', default: '100000' },
    searches: { type: 'string', default: '2000' },
  },
})
const connections = 8
const launcher = join(import.meta.dirname, '../bin/berth-hub')

/** The same numbers every time (mulberry32): one that forgets little would give the popular the same few words. */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** What people ask: one word (common or rare), two, the beginning of one, filters, another order. */
function createQuestions(count: number, seed: number): string[] {
  const random = createRandom(seed)
  const word = () => randomWord(random)
  const asDocker = (text: string) => `/v1/search?q=${encodeURIComponent(text)}&n=25`
  const asPage = (text: string, more = '') =>
    `/v2/search/repositories/?query=${encodeURIComponent(text)}&page_size=25${more}`
  const kinds = [
    () => asDocker(word()),
    () => asPage(word()),
    () => asDocker(`${word()} ${word()}`),
    () => asPage(`${word()} ${word()}`),
    () => asDocker(word().slice(0, 3)),
    () => asPage(word().slice(0, 2)),
    () => asPage(word(), '&stars=10'),
    () => asPage(word(), '&is_official=true'),
    () => asPage(word(), '&page=3'),
    () => asPage(word(), '&ordering=-pull_count'),
  ]
  return Array.from({ length: count }, (_, index) => kinds[index % kinds.length]?.() ?? '')
}

/** Milliseconds until the whole answer is there. */
function ask(url: string, agent: Agent): Promise<number> {
  const startMs = performance.now()
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${url}: ${response.statusCode}`))
      response.on('error', reject).on('end', () => resolve(performance.now() - startMs))
      response.resume()
    }).on('error', reject)
  })
}

/** The 50th and the 99th of 100, of questions that are not asked twice. */
function searching(name: string, origin: string): SeriesContestant {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  let round = 0
  return {
    name,
    async measure() {
      const questions = createQuestions(Number(values.searches), ++round).values()
      const samples: number[] = []
      const asker = async () => {
        for (const question of questions) samples.push(await ask(origin + question, agent))
      }
      await Promise.all(Array.from({ length: connections }, asker))
      const sorted = samples.toSorted((a, b) => a - b)
      return [0.5, 0.99].map((share) => sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN)
    },
  }
}

await prepareCheckout()
await using stack = new AsyncDisposableStack()
const directory = await temporaryDirectory(stack)

/** A hub as it comes, whose catalog is full. */
async function startFullHub(name: string, database?: string): Promise<string> {
  const data = join(directory, name)
  await mkdir(join(data, 'registry'), { recursive: true })
  {
    await using tables = await openSqlDatabase(database ?? join(data, 'registry/registry.db'))
    await seedRepositories(tables, { count: Number(values.repositories), random: createRandom(0) })
  }
  const address = `127.0.0.1:${await findFreePort()}`
  const flags = ['--listen', address, '--data', data, '--api-limit', '100000000', '--log-level', 'warn']
  const more = database === undefined ? [] : ['--database', database]
  const hub = stack.use(startProgram([launcher, 'serve', ...flags, ...more], join(directory, `${name}.log`)))
  await hub.readyAfterMs(
    async () => (await fetch(`http://${address}/readyz`).catch(() => undefined))?.ok === true,
  )
  return `http://${address}`
}

const contestants = [searching('SQLite', await startFullHub('sqlite'))]
const server = await startPostgresServer()
if (server) {
  stack.use(server)
  contestants.push(searching('PostgreSQL', await startFullHub('postgres', await server.createDatabase())))
} else console.log('PostgreSQL is not installed')
const among = `search among ${values.repositories} repositories, ${connections} connections`
const figures = [
  { id: 'search-p50', title: `${among}, p50`, unit: 'ms' },
  { id: 'search-p99', title: `${among}, p99 (goal 50 ms)`, unit: 'ms' },
] as const
await publishFigures(
  'search',
  await measureSeriesInTurns({ figures, rounds: Number(values.rounds) }, contestants),
)
