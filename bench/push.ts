import type { BenchEngine } from './bench-engine.ts'
import { startChangedContainer } from './changed-container.ts'
import { timeCommand } from './client.ts'
import { publishFigures } from './figures.ts'
import type { BenchHub } from './hub.ts'
import { measureSeriesInTurns, median } from './measure.ts'
import { mustRun } from './network-namespace.ts'
import { type BenchPodman, createPodman } from './podman.ts'
import { prepareBench } from './prepare-bench.ts'
import { enginePuller, podmanPuller, type Puller } from './puller.ts'
import { inRegistry, startEngines } from './start-engines.ts'

/** What pushes the image that it pulled. */
interface Pusher extends Pick<Puller, 'name' | 'isPeer'> {
  image: string
  startEmptyHub: () => Promise<BenchHub>
  run: (...args: string[]) => Promise<number>
  push: (name: string) => Promise<number>
  /** Commits a container of the image, to the same name, with a file of a megabyte more. */
  addLayer: (name: string) => Promise<unknown>
}

/** Of each kind in a round, beside the one that takes most of it. */
const smallPushes = 15

const { rounds, engines: kinds } = await prepareBench(3)
await using started = await startEngines(kinds)
const { engines, images } = started
const { large } = images
await using podman = kinds.includes('dockerd') ? await createPodman(started) : undefined
const pushers: Pusher[] = []
for (const engine of engines) pushers.push(await enginePusher(engine))
if (podman) pushers.push(await podmanPusher(podman))

const figures = await measureSeriesInTurns(
  {
    figures: [
      { id: 'push', title: `push of ${large.title} to an empty registry`, unit: 'ms', goal: 0.2 },
      { id: 'push-changed', title: 'push of it with one layer more', unit: 'ms', goal: 1 },
      { id: 'push-again', title: 'push again, nothing changed', unit: 'ms', goal: 1 },
    ],
    rounds,
    warmUps: 0,
  },
  pushers.map((pusher) => ({
    name: pusher.name,
    isPeer: pusher.isPeer,
    measure: () => measurePushes(pusher),
  })),
)
await publishFigures('push', figures)

async function measurePushes({ image, startEmptyHub, run, push, addLayer }: Pusher): Promise<number[]> {
  await using hub = await startEmptyHub()
  const name = `${hub.address}/fresh/app:latest`
  await run('tag', image, name)
  await mustRun(['sync'])
  const first = await push(name)
  const changed: number[] = []
  const again: number[] = []
  for (let repeat = 0; repeat < smallPushes; repeat++) {
    await addLayer(name)
    changed.push(await push(name))
    again.push(await push(name))
  }
  await run('rmi', name)
  return [first, median(changed), median(again)]
}

async function enginePusher(engine: BenchEngine): Promise<Pusher> {
  const puller = enginePuller(engine)
  await puller.pull(large)
  const run = (...args: string[]) => timeCommand('docker', engine, args)
  return {
    ...puller,
    image: inRegistry(engine, large),
    startEmptyHub: engine.startEmptyHub,
    run,
    push: (name) => run('push', '--quiet', name),
    addLayer: async (name) => {
      await startChangedContainer(engine, name, 'changing')
      await run('commit', 'changing', name)
      await run('rm', '--force', 'changing')
    },
  }
}

async function podmanPusher(peer: BenchPodman): Promise<Pusher> {
  const puller = podmanPuller(peer)
  await puller.pull(large)
  return {
    ...puller,
    image: inRegistry(peer, large),
    startEmptyHub: peer.startEmptyHub,
    run: peer.time,
    push: (name) => peer.time('push', '--quiet', '--tls-verify=false', name),
    addLayer: async (name) => {
      await peer.time('create', '--name', 'changing', name)
      await peer.time('cp', await peer.newFile(1_000_000), 'changing:/changed')
      await peer.time('commit', '--quiet', 'changing', name)
      await peer.time('rm', '--force', 'changing')
    },
  }
}
