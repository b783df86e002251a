import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { mediaTypes } from '@berth/oci'
import { temporaryDirectory } from '@berth/stdx/testsuite'
import { prepareCheckout } from '../setup/prepare-checkout.ts'
import { publishFigures } from './figures.ts'
import { measureInTurns, measureSeriesInTurns, type Figure } from './measure.ts'
import { measureHerd } from './mirror-herd.ts'
import { digestOf, RegistryContent } from './registry-content.ts'
import { hasDockerRegistry, startBerthHub, startDockerRegistry, type RegistryPeer } from './registry-peer.ts'
import { loadWithWrk } from './wrk.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '2' },
    only: { type: 'string' },
  },
})
const only = values.only?.split(',')
const isWanted = (id: string) => !only || only.includes(id)
const rounds = Number(values.rounds)
const seconds = Number(values.seconds)
const tags = 1000
const repositories = 10_000
const seedsAtOnce = 16
const pushes = 200
const pushesAtOnce = 20
const largeBytes = 100 * 1000 * 1000

await prepareCheckout()
const hasPeer = await hasDockerRegistry()
await using stack = new AsyncDisposableStack()
const directory = await temporaryDirectory(stack)
const small = randomBytes(10_000)
const large = randomBytes(largeBytes)
const [smallDigest, largeDigest] = [digestOf(small), digestOf(large)]
const figures: Figure[] = []

if (isWanted('memory')) figures.push(await measureIdleMemory())
const peers: RegistryPeer[] = hasPeer ? [stack.use(await startDockerRegistry({ directory }))] : []
peers.push(stack.use(await startBerthHub({ directory })))

let manifestDigest = ''
if (isWanted('reads')) for (const { url } of peers) await seed(new RegistryContent(url))

type Read = [
  id: string,
  title: string,
  path: string,
  options: { goal: number; connections?: number; times?: number },
]
const blob = (digest: string) => `bench/app/blobs/${digest}`
const reads: readonly Read[] = [
  ['manifest-tag', 'manifest GETs by tag', 'bench/app/manifests/latest', { goal: 1 / 3 }],
  ['manifest-digest', 'manifest GETs by digest', `bench/app/manifests/${manifestDigest}`, { goal: 1 / 3 }],
  ['blob-small', 'GETs of a 10 kB blob', blob(smallDigest), { goal: 1 / 4 }],
  ['blob-large-1', 'GETs of a 100 MB blob', blob(largeDigest), { goal: 1.25, connections: 1 }],
  ['blob-large-8', 'GETs of a 100 MB blob', blob(largeDigest), { goal: 1.25 }],
  ['tags', 'lists of 1,000 tags', 'bench/app/tags/list', { goal: 1 / 5 }],
  ['tags-page', 'lists of 100 of 1,000 tags', 'bench/app/tags/list?n=100', { goal: 1 / 5 }],
  // One of these takes docker-registry a second.
  ['catalog', 'lists of 1,000 of 10,000 repositories', '_catalog?n=1000', { goal: 1 / 5, times: 3 }],
]
if (isWanted('reads')) for (const read of reads) figures.push(...(await compareReads(read)))
if (isWanted('uploads')) await compareUploads()
if (isWanted('pushes'))
  await compare(
    { id: 'pushes', title: `${pushes} small images, ${pushesAtOnce} at a time`, unit: 'ms', goal: 1 / 2 },
    timePushes,
  )
if (isWanted('herd')) figures.push(...(await measureHerd({ directory, rounds: 1, hasPeer })))
await publishFigures('registry', figures)

async function compareUploads(): Promise<void> {
  for (const chunks of [0, 10]) {
    const title = `upload of 100 MB, ${chunks === 0 ? 'whole' : 'in ten chunks'}`
    const about = { id: `upload-${chunks}`, title, unit: 'ms', goal: 1 / 1.5 } as const
    await compare(about, (peer) => timeUpload(peer, chunks))
  }
}

/** Each by itself, since programs that are the same share memory. */
async function measureIdleMemory(): Promise<Figure> {
  const measure = async (start: () => Promise<RegistryPeer>) => {
    await using peer = await start()
    await delay(1000)
    return await peer.measureMemory()
  }
  const home = { directory: join(directory, 'idle') }
  const about = { id: 'memory', title: 'idle memory, PSS of all processes', unit: 'MiB' } as const
  return await measureInTurns({ ...about, rounds: 1, warmUps: 0 }, [
    ...(hasPeer
      ? [{ name: 'docker-registry', measure: () => measure(() => startDockerRegistry(home)) }]
      : []),
    { name: 'berth-hub, 1 worker', measure: () => measure(() => startBerthHub(home, 1)) },
    { name: 'berth-hub', measure: () => measure(() => startBerthHub(home)) },
  ])
}

async function compare(
  about: Omit<Figure, 'results'>,
  measure: (peer: RegistryPeer) => Promise<number>,
): Promise<void> {
  const contestants = peers.map((peer) => ({ name: peer.name, measure: () => measure(peer) }))
  figures.push(await measureInTurns({ ...about, rounds }, contestants))
}

function compareReads([id, title, path, { goal, connections = 8, times = 1 }]: Read): Promise<Figure[]> {
  const whole = `1,000 ${title}, ${connections === 1 ? '1 connection' : `${connections} connections`}`
  const about = [
    { id, title: whole, unit: 'ms', goal },
    { id: `${id}-p99`, title: `the same: p99 of one`, unit: 'ms', goal: 1 },
  ] as const
  const headers = { Accept: mediaTypes.ociManifest }
  const contestants = peers.map(({ name, url }) => ({
    name,
    async measure() {
      const load = await loadWithWrk(`${url}/v2/${path}`, { connections, seconds: seconds * times, headers })
      return [load.thousandMs, load.p99Ms]
    },
  }))
  return measureSeriesInTurns({ figures: about, rounds }, contestants)
}

async function seed(content: RegistryContent): Promise<void> {
  await content.pushBlob('bench/app', large, { digest: largeDigest })
  manifestDigest = await content.pushImage('bench/app', 'latest', small)
  const config = Buffer.from('{"architecture":"amd64","os":"linux"}')
  const document = {
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: { mediaType: mediaTypes.ociConfig, digest: digestOf(config), size: config.length },
    layers: [],
  }
  await inLanes(tags - 1, seedsAtOnce, (index) =>
    content.pushManifest('bench/app', `tag-${index}`, document).then(() => {}),
  )
  const mounted = { from: 'bench/app', digest: smallDigest }
  await inLanes(repositories, seedsAtOnce, (index) => content.mountBlob(`many/app-${index}`, mounted))
}

async function timeUpload({ url }: RegistryPeer, chunks: number): Promise<number> {
  // Bytes that no registry has seen.
  randomBytes(32).copy(large)
  const digest = digestOf(large)
  const startedAt = performance.now()
  await new RegistryContent(url).pushBlob('bench/uploads', large, { chunks, digest })
  return performance.now() - startedAt
}

async function timePushes({ url }: RegistryPeer): Promise<number> {
  const content = new RegistryContent(url)
  const layers = Array.from({ length: pushes }, () => randomBytes(2000))
  const startedAt = performance.now()
  await inLanes(pushes, pushesAtOnce, async (index) => {
    await content.pushImage(`bench/small-${index}`, 'latest', layers[index] ?? Buffer.alloc(1))
  })
  return performance.now() - startedAt
}

async function inLanes(
  count: number,
  lanes: number,
  action: (index: number) => Promise<void>,
): Promise<void> {
  const run = async (_: unknown, lane: number) => {
    for (let index = lane; index < count; index += lanes) await action(index)
  }
  await Promise.all(Array.from({ length: lanes }, run))
}
