import { join } from 'node:path'
import { diskUsage } from './disk-usage.ts'
import { publishFigures } from './figures.ts'
import type { CachedImage } from './image-cache.ts'
import { type Contestant, type Figure, measureInTurns } from './measure.ts'
import { prepareBench } from './prepare-bench.ts'
import { mustRun } from './network-namespace.ts'
import { createPodman } from './podman.ts'
import { measurePeakMemory } from './process-memory.ts'
import { enginePuller, podmanPuller, type Puller } from './puller.ts'
import { startEngines } from './start-engines.ts'

const goals = { large: 0.25, 'one-layer': 0.25, 'many-layers': 0.2 } as const

const { rounds, engines: kinds } = await prepareBench(3)
await using started = await startEngines(kinds)
const { engines, images } = started
const { large } = images
await using podman = kinds.includes('dockerd') ? await createPodman(started) : undefined
const pullers = [...engines.map(enginePuller), ...(podman ? [podmanPuller(podman)] : [])]

const figures: Figure[] = []
for (const image of Object.values(images)) {
  const about = {
    id: `pull-${image.name}`,
    title: `pull of ${image.title}`,
    goal: goals[image.name],
  } as const
  const measure = (puller: Puller) => pullAnew(puller, image)
  figures.push(await measureInTurns({ ...about, unit: 'ms', rounds, warmUps: 0 }, contestants(measure)))
}
for (const puller of pullers) await puller.pull(large)
figures.push(
  await measureInTurns(
    { id: 'pull-again', title: 'pull again, nothing changed', unit: 'ms', goal: 1, rounds: rounds * 3 },
    contestants((puller) => puller.pull(large)),
  ),
  await measureMemory('one-layer'),
  await measureMemory('large'),
  await measureDisk(),
)
await publishFigures('pull', figures)

function contestants(measure: (puller: Puller) => Promise<number>): Contestant[] {
  return pullers.map((puller) => ({
    name: puller.name,
    isPeer: puller.isPeer,
    measure: () => measure(puller),
  }))
}

/** Of no engine's store, so that nothing of it is there; what is still to be written is written before the time runs. */
async function pullAnew(puller: Puller, image: CachedImage): Promise<number> {
  await removeAll(puller)
  await mustRun(['sync'])
  return puller.pull(image)
}

async function removeAll(puller: Puller): Promise<void> {
  for (const image of Object.values(images)) await puller.remove(image)
}

function measureMemory(name: CachedImage['name']): Promise<Figure> {
  const image = images[name]
  const about = { id: `pull-memory-${name}`, title: `peak memory during the pull of ${image.title}`, goal: 1 }
  return measureInTurns(
    { ...about, unit: 'MiB', rounds, warmUps: 0 },
    contestants((puller) => measurePeakMemory(puller.directory, () => pullAnew(puller, image))),
  )
}

/** The first is what the layers are in a registry and as archives, together. */
async function measureDisk(): Promise<Figure> {
  const bytes = large.layers.reduce((sum, { descriptor, tarBytes }) => sum + descriptor.size + tarBytes, 0)
  const sizes = { name: 'compressed and uncompressed size', measure: async () => bytes / 2 ** 20 }
  const measure = async (puller: Puller) => {
    await removeAll(puller)
    const before = await diskUsage(join(puller.directory, 'data'))
    await puller.pull(large)
    return (await diskUsage(join(puller.directory, 'data'))) - before
  }
  const about = { id: 'pull-disk', title: `disk that ${large.title} take`, goal: 1.02 }
  return measureInTurns({ ...about, unit: 'MiB', rounds: 1, warmUps: 0 }, [sizes, ...contestants(measure)])
}
