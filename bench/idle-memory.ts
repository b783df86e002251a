import { setTimeout as delay } from 'node:timers/promises'
import { type BenchEngine, createEngine } from './bench-engine.ts'
import { timeCommand } from './client.ts'
import { publishFigures } from './figures.ts'
import { measureInTurns } from './measure.ts'
import { prepareBench } from './prepare-bench.ts'
import { measureMemory } from './process-memory.ts'

const image = 'hello-world'
const cyclesBetween = 20

const { rounds, engines } = await prepareBench(5)
await using stack = new AsyncDisposableStack()
const started: BenchEngine[] = []
for (const kind of engines) {
  const engine = stack.use(await createEngine(kind))
  await engine.start()
  await timeCommand('docker', engine, ['pull', image])
  started.push(engine)
}

await delay(2000)
const idle = await measureMemoryOf('idle', 'engine idle, PSS of all its processes')
for (const engine of started) {
  for (let cycle = 0; cycle < cyclesBetween; cycle++)
    await timeCommand('docker', engine, ['run', '--rm', image])
}
await delay(2000)
const after = await measureMemoryOf(
  'idle-after-containers',
  `the same after ${cyclesBetween} containers came and went`,
)
await publishFigures('idle-memory', [idle, after])

function measureMemoryOf(id: string, title: string) {
  const contestants = started.map(({ kind, directory }) => ({
    name: kind,
    measure: () => measureMemory(directory),
  }))
  return measureInTurns({ id, title, unit: 'MiB', goal: 1, rounds }, contestants)
}
