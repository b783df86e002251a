import { join } from 'node:path'
import type { BenchEngine } from './bench-engine.ts'
import { timeCommand } from './client.ts'
import { diskUsage } from './disk-usage.ts'
import { publishFigures } from './figures.ts'
import type { CachedImage } from './image-cache.ts'
import { type Contestant, type Figure, measureInTurns } from './measure.ts'
import { prepareBench } from './prepare-bench.ts'
import { measurePeakMemory } from './process-memory.ts'
import { mustRun } from './network-namespace.ts'
import { inRegistry, startEngines } from './start-engines.ts'

const goals = { large: 0.25, 'one-layer': 0.25, 'many-layers': 0.2 } as const

const { rounds, engines: kinds } = await prepareBench(3)
await using started = await startEngines(kinds)
const { engines, images } = started
const { large } = images

const figures: Figure[] = []
for (const image of Object.values(images)) {
  const about = {
    id: `pull-${image.name}`,
    title: `pull of ${image.title}`,
    goal: goals[image.name],
  } as const
  const measure = (engine: BenchEngine) => pullAnew(engine, image)
  figures.push(await measureInTurns({ ...about, unit: 'ms', rounds, warmUps: 0 }, contestants(measure)))
}
for (const engine of engines) await pull(engine, large)
figures.push(
  await measureInTurns(
    { id: 'pull-again', title: 'pull again, nothing changed', unit: 'ms', goal: 1, rounds: rounds * 3 },
    contestants((engine) => pull(engine, large)),
  ),
  await measureMemory('one-layer'),
  await measureMemory('large'),
  await measureDisk(),
)
await publishFigures('pull', figures)

function contestants(measure: (engine: BenchEngine) => Promise<number>): Contestant[] {
  return engines.map((engine) => ({ name: engine.kind, measure: () => measure(engine) }))
}

function pull(engine: BenchEngine, image: CachedImage): Promise<number> {
  return timeCommand('docker', engine, ['pull', '--quiet', inRegistry(engine, image)])
}

/** Of no engine's store, so that nothing of it is there; what is still to be written is written before the time runs. */
async function pullAnew(engine: BenchEngine, image: CachedImage): Promise<number> {
  await removeAll(engine)
  await mustRun(['sync'])
  return pull(engine, image)
}

async function removeAll(engine: BenchEngine): Promise<void> {
  for (const image of Object.values(images))
    await timeCommand('docker', engine, ['rmi', '--force', inRegistry(engine, image)]).catch(() => 0)
}

function measureMemory(name: CachedImage['name']): Promise<Figure> {
  const image = images[name]
  const about = { id: `pull-memory-${name}`, title: `peak memory during the pull of ${image.title}`, goal: 1 }
  return measureInTurns(
    { ...about, unit: 'MiB', rounds, warmUps: 0 },
    contestants((engine) => measurePeakMemory(engine.directory, () => pullAnew(engine, image))),
  )
}

/** The first is what the layers are in a registry and as archives, together. */
async function measureDisk(): Promise<Figure> {
  const bytes = large.layers.reduce((sum, { descriptor, tarBytes }) => sum + descriptor.size + tarBytes, 0)
  const sizes = { name: 'compressed and uncompressed size', measure: async () => bytes / 2 ** 20 }
  const measure = async (engine: BenchEngine) => {
    await removeAll(engine)
    await timeCommand('docker', engine, ['pull', '--quiet', 'hello-world'])
    const before = await diskUsage(join(engine.directory, 'data'))
    await pull(engine, large)
    return (await diskUsage(join(engine.directory, 'data'))) - before
  }
  const about = { id: 'pull-disk', title: `disk that ${large.title} take`, goal: 1.02 }
  return measureInTurns({ ...about, unit: 'MiB', rounds: 1, warmUps: 0 }, [sizes, ...contestants(measure)])
}
