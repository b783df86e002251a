import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { get, type IncomingMessage } from 'node:http'
import { once } from 'node:events'
import { join } from 'node:path'
import { startCountingUpstream } from './counting-upstream.ts'
import { measureSeriesInTurns, type Figure } from './measure.ts'
import { digestOf } from './registry-content.ts'
import { startBerthHub, startDockerRegistry, type RegistryPeer } from './registry-peer.ts'

const clients = 10
const blobBytes = 200 * 1024 * 1024

/** Clients that want one blob at the same time which no mirror has yet: what upstream sends, and how long all take. */
export async function measureHerd({
  directory,
  rounds,
  hasPeer,
}: {
  directory: string
  rounds: number
  hasPeer: boolean
}): Promise<Figure[]> {
  await using stack = new AsyncDisposableStack()
  const upstream = stack.use(await startCountingUpstream())
  const home = join(directory, 'mirrors')
  await mkdir(home)
  const options = { directory: home, upstream: upstream.url }
  const peers = hasPeer ? [stack.use(await startDockerRegistry(options))] : []
  peers.push(stack.use(await startBerthHub(options)))
  const bytes = randomBytes(blobBytes)
  const title = `${clients} clients, one cold blob of 200 MiB through the mirror`
  return await measureSeriesInTurns(
    {
      figures: [
        { id: 'herd-bytes', title: `${title}: from upstream`, unit: 'MiB', goal: 0.1 },
        { id: 'herd', title, unit: 'ms' },
      ],
      rounds,
      warmUps: 0,
    },
    peers.map((peer) => ({
      name: peer.name,
      async measure() {
        randomBytes(32).copy(bytes)
        const digest = digestOf(bytes)
        upstream.offer({ digest, bytes })
        const before = upstream.sentBytes
        const startedAt = performance.now()
        await Promise.all(Array.from({ length: clients }, () => download(peer, digest)))
        const tookMs = performance.now() - startedAt
        return [(upstream.sentBytes - before) / 1024 ** 2, tookMs]
      },
    })),
  )
}

async function download({ url }: RegistryPeer, digest: string): Promise<void> {
  const request = get(`${url}/v2/bench/app/blobs/${digest}`, { agent: false })
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  let received = 0
  for await (const chunk of response) received += (chunk as Buffer).length
  if (response.statusCode !== 200 || received !== blobBytes)
    throw new Error(`${url}: ${response.statusCode}, ${received} bytes`)
}
