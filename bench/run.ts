import { type BenchEngine, createEngine } from './bench-engine.ts'
import { type ClientName, timeCommand } from './client.ts'
import { publishFigures } from './figures.ts'
import { type Contestant, type Figure, measureInTurns } from './measure.ts'
import { prepareBench } from './prepare-bench.ts'

const image = 'hello-world'
const plans = [
  { id: 'run-default', title: 'run --rm hello-world, default network', goal: 0.5, flags: [] },
  { id: 'run-none', title: 'run --rm --network none hello-world', goal: 0.4, flags: ['--network', 'none'] },
]

const { rounds, engines } = await prepareBench(15)
await using stack = new AsyncDisposableStack()
const started: BenchEngine[] = []
for (const kind of engines) {
  const engine = stack.use(await createEngine(kind))
  await engine.start()
  await timeCommand('docker', engine, ['pull', image])
  started.push(engine)
}

const figures: Figure[] = []
for (const { flags, ...about } of plans) {
  const args = ['run', '--rm', ...flags, image]
  figures.push(
    await measureInTurns(
      { ...about, unit: 'ms', rounds, warmUps: 2 },
      started.flatMap((engine) => contestantsOf(engine, args)),
    ),
  )
}
await publishFigures('run', figures)

/** The stock client on every engine, so that only the engine differs; our own client on ours, as a user has it. */
function contestantsOf(engine: BenchEngine, args: readonly string[]): Contestant[] {
  const clients: ClientName[] = engine.kind === 'berthd' ? ['docker', 'berth'] : ['docker']
  return clients.map((client) => ({
    name: `${engine.kind}, ${client}`,
    measure: () => timeCommand(client, engine, args),
  }))
}
