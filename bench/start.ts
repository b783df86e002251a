import { createEngine } from './bench-engine.ts'
import { publishFigures } from './figures.ts'
import { type Contestant, measureInTurns } from './measure.ts'
import { prepareBench } from './prepare-bench.ts'

const { rounds, engines } = await prepareBench(10)
await using stack = new AsyncDisposableStack()
const contestants: Contestant[] = []
for (const kind of engines) {
  const engine = stack.use(await createEngine(kind))
  const measure = async () => {
    const elapsedMs = await engine.start()
    await engine.stop()
    return elapsedMs
  }
  contestants.push({ name: kind, measure })
}
await publishFigures('start', [
  await measureInTurns(
    { id: 'start', title: 'first API answer after start', unit: 'ms', rounds },
    contestants,
  ),
])
