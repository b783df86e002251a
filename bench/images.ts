import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type BenchEngine } from './bench-engine.ts'
import { startChangedContainer } from './changed-container.ts'
import { timeCommand } from './client.ts'
import { publishFigures } from './figures.ts'
import { type Figure, measureInTurns, measureSeriesInTurns } from './measure.ts'
import { mustRun } from './network-namespace.ts'
import { prepareBench } from './prepare-bench.ts'
import { startEngines } from './start-engines.ts'

const tagsMany = 100
/** Commands of tens of milliseconds are measured this many times as often as long ones; what only reads, more often still. */
const shortRounds = 5
const readingRounds = 80

const { rounds, engines: kinds } = await prepareBench(3)
await using started = await startEngines(kinds)
const { engines, images, directory } = started
const { large } = images
const container = 'changed'
const saved = join(directory, 'saved.tar')

const docker = (engine: BenchEngine, ...args: string[]) => timeCommand('docker', engine, args)
const contestants = <T>(measure: (engine: BenchEngine) => Promise<T>) =>
  engines.map((engine) => ({ name: engine.kind, measure: () => measure(engine) }))
const unit = 'ms'

const figures: Figure[] = await measureSeriesInTurns(
  {
    figures: [
      { id: 'load', title: `load of ${large.title}`, unit, goal: 0.25 },
      { id: 'save', title: 'save of it', unit, goal: 0.25 },
      { id: 'rmi', title: 'rmi of it', unit, goal: 0.1 },
    ],
    rounds,
    warmUps: 0,
  },
  contestants(async (engine) => [
    await afterSync(() => docker(engine, 'load', '--quiet', '--input', large.archive)),
    await saveAnew(engine),
    await afterSync(() => docker(engine, 'rmi', large.tag)),
  ]),
)
for (const engine of engines) await prepareShort(engine)
const listing = { ls: ['images'], history: ['history', large.tag], inspect: ['image', 'inspect', large.tag] }
const short = [
  {
    id: 'images-100',
    title: `images with ${tagsMany} tags`,
    goal: 1,
    args: listing.ls,
    times: readingRounds,
  },
  { id: 'history', title: 'history', goal: 1, args: listing.history, times: readingRounds },
  { id: 'inspect', title: 'image inspect', goal: 1, args: listing.inspect, times: readingRounds },
  {
    id: 'commit',
    title: 'commit of a changed container',
    goal: 0.8,
    args: ['commit', container],
    times: shortRounds,
  },
]
for (const { args, times, ...about } of short)
  figures.push(
    await measureInTurns(
      { ...about, unit, rounds: rounds * times },
      contestants((engine) => docker(engine, ...args)),
    ),
  )
for (const engine of engines) await docker(engine, 'rm', '--force', container)
await publishFigures('images', figures)

/** What is still to be written of earlier rounds is written before the time runs. */
async function afterSync(measure: () => Promise<number>): Promise<number> {
  await mustRun(['sync'])
  return measure()
}

async function saveAnew(engine: BenchEngine): Promise<number> {
  await rm(saved, { force: true })
  return afterSync(() => docker(engine, 'save', '--output', saved, large.tag))
}

/** The image, many tags, and a container of it that was changed. */
async function prepareShort(engine: BenchEngine): Promise<void> {
  await docker(engine, 'load', '--input', large.archive)
  for (let index = 0; index < tagsMany; index++) await docker(engine, 'tag', large.tag, `many/tag-${index}`)
  await startChangedContainer(engine, large.tag, container)
}
