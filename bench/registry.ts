import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs, promisify } from 'node:util'
import { mediaTypes } from '@berth/oci'
import { publishFigures } from './figures.ts'
import { measureInTurns, type Figure } from './measure.ts'
import { digestOf, RegistryContent } from './registry-content.ts'
import { startBerthHub, startDockerRegistry, type RegistryPeer } from './registry-peer.ts'

const run = promisify(execFile)
const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '3' }, seconds: { type: 'string', default: '3' } },
})
const rounds = Number(values.rounds)
const tags = 1000
const pushes = 200
const pushesAtOnce = 20
const largeBytes = 100 * 1000 * 1000

await using stack = new AsyncDisposableStack()
const directory = await mkdtemp(join(tmpdir(), 'berth-bench-registry-'))
stack.defer(() => rm(directory, { recursive: true, force: true }))
const peers: RegistryPeer[] = [
  stack.use(await startDockerRegistry(directory)),
  stack.use(await startBerthHub(directory)),
  stack.use(await startBerthHub(directory, 1)),
]

const small = randomBytes(10_000)
const large = randomBytes(largeBytes)
const [smallDigest, largeDigest] = [digestOf(small), digestOf(large)]
let manifestDigest = ''
for (const { url } of peers) await seed(new RegistryContent(url))

const figures: Figure[] = []
const manifestAccept = { Accept: mediaTypes.ociManifest }
const reads: readonly [
  id: string,
  title: string,
  path: () => string,
  options: { connections?: number; goal: number },
][] = [
  ['manifest-tag', '1,000 manifest GETs by tag, 8 connections', () => 'manifests/latest', { goal: 1 / 3 }],
  [
    'manifest-digest',
    '1,000 manifest GETs by digest, 8 connections',
    () => `manifests/${manifestDigest}`,
    { goal: 1 / 3 },
  ],
  ['blob-small', '1,000 GETs of a 10 kB blob, 8 connections', () => `blobs/${smallDigest}`, { goal: 1 / 4 }],
  [
    'blob-large-1',
    '1,000 GETs of a 100 MB blob, 1 connection',
    () => `blobs/${largeDigest}`,
    { connections: 1, goal: 1.25 },
  ],
  [
    'blob-large-8',
    '1,000 GETs of a 100 MB blob, 8 connections',
    () => `blobs/${largeDigest}`,
    { goal: 1.25 },
  ],
  ['tags', '1,000 lists of 1,000 tags, 8 connections', () => 'tags/list', { goal: 1 / 5 }],
  ['tags-page', '1,000 lists of 100 of 1,000 tags, 8 connections', () => 'tags/list?n=100', { goal: 1 / 5 }],
]
for (const [id, title, path, { connections = 8, goal }] of reads) {
  await compare({ id, title, goal }, ({ url }) => load(`${url}/v2/bench/app/${path()}`, connections))
}
await compare({ id: 'upload-whole', title: 'upload of 100 MB, whole', goal: 1 / 1.5 }, (peer) =>
  timeUpload(peer, 0),
)
await compare({ id: 'upload-chunks', title: 'upload of 100 MB, ten chunks', goal: 1 / 1.5 }, (peer) =>
  timeUpload(peer, 10),
)
await compare(
  { id: 'pushes', title: `${pushes} small images, ${pushesAtOnce} at a time`, goal: 1 / 2 },
  timePushes,
)
await publishFigures('registry', figures)

async function compare(
  about: Pick<Figure, 'id' | 'title'> & { goal: number },
  measure: (peer: RegistryPeer) => Promise<number>,
): Promise<void> {
  const contestants = peers.map((peer) => ({ name: peer.name, measure: () => measure(peer) }))
  figures.push(await measureInTurns({ ...about, unit: 'ms', rounds }, contestants))
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
  for (let index = 1; index < tags; index++) await content.pushManifest('bench/app', `tag-${index}`, document)
}

/** Milliseconds for 1,000 requests at the rate that wrk reaches. */
async function load(url: string, connections: number): Promise<number> {
  const flags = ['-t1', `-c${connections}`, `-d${values.seconds}s`, '--timeout', '30s']
  const headers = Object.entries(manifestAccept).flatMap(([name, value]) => ['-H', `${name}: ${value}`])
  const { stdout } = await run('wrk', [...flags, ...headers, url])
  if (/Non-2xx/.test(stdout)) throw new Error(`${url}: ${stdout}`)
  return 1e6 / Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1])
}

/** Bytes that no registry has seen. */
function freshLarge(): Buffer {
  randomBytes(32).copy(large)
  return large
}

async function timeUpload({ url }: RegistryPeer, chunks: number): Promise<number> {
  const bytes = freshLarge()
  const digest = digestOf(bytes)
  const startedAt = performance.now()
  await new RegistryContent(url).pushBlob('bench/uploads', bytes, { chunks, digest })
  return performance.now() - startedAt
}

async function timePushes({ url }: RegistryPeer): Promise<number> {
  const content = new RegistryContent(url)
  const layers = Array.from({ length: pushes }, () => randomBytes(2000))
  const startedAt = performance.now()
  const pushing = Array.from({ length: pushesAtOnce }, async (_, lane) => {
    for (let index = lane; index < pushes; index += pushesAtOnce)
      await content.pushImage(`bench/small-${index}`, 'latest', layers[index] ?? Buffer.alloc(1))
  })
  await Promise.all(pushing)
  return performance.now() - startedAt
}
