import type { BenchEngine } from './bench-engine.ts'
import { startChangedContainer } from './changed-container.ts'
import { timeCommand } from './client.ts'
import { publishFigures } from './figures.ts'
import { measureSeriesInTurns } from './measure.ts'
import { mustRun } from './network-namespace.ts'
import { prepareBench } from './prepare-bench.ts'
import { inRegistry, startEngines } from './start-engines.ts'

const { rounds, engines: kinds } = await prepareBench(3)
await using started = await startEngines(kinds)
const { engines, images } = started
const { large } = images
const docker = (engine: BenchEngine, ...args: string[]) => timeCommand('docker', engine, args)
for (const engine of engines) await docker(engine, 'pull', '--quiet', inRegistry(engine, large))

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
  engines.map((engine) => ({ name: engine.kind, measure: () => measurePushes(engine) })),
)
await publishFigures('push', figures)

async function measurePushes(engine: BenchEngine): Promise<number[]> {
  await using hub = await engine.startEmptyHub()
  const name = `${hub.address}/fresh/app`
  await docker(engine, 'tag', inRegistry(engine, large), name)
  await mustRun(['sync'])
  const push = await docker(engine, 'push', '--quiet', name)
  await addLayer(engine, name)
  const changed = await docker(engine, 'push', '--quiet', name)
  const again = await docker(engine, 'push', '--quiet', name)
  await docker(engine, 'rmi', name)
  return [push, changed, again]
}

async function addLayer(engine: BenchEngine, name: string): Promise<void> {
  await startChangedContainer(engine, name, 'changing')
  await docker(engine, 'commit', 'changing', name)
  await docker(engine, 'rm', '--force', 'changing')
}
