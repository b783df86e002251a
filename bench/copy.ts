import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { BenchEngine } from './bench-engine.ts'
import { timeCommand } from './client.ts'
import { publishFigures } from './figures.ts'
import { measureSeriesInTurns } from './measure.ts'
import { mustRun } from './network-namespace.ts'
import { prepareBench } from './prepare-bench.ts'
import { createSampler } from './sample-bytes.ts'
import { startEngines } from './start-engines.ts'

const fileBytes = 100_000_000
const tree = 'app/node_modules'
const container = 'copied'

const { rounds, engines: kinds } = await prepareBench(3)
await using started = await startEngines(kinds)
const { engines, images, directory } = started
const docker = (engine: BenchEngine, ...args: string[]) => timeCommand('docker', engine, args)
for (const engine of engines) await docker(engine, 'load', '--quiet', '--input', images.large.archive)
const file = join(directory, 'file')
await writeFile(file, createSampler()('binary', { at: 0.5, sizeBytes: fileBytes }))

const unit = 'ms'
const figures = await measureSeriesInTurns(
  {
    figures: [
      { id: 'copy-out-stream', title: 'cp of 14,000 files out, as an archive', unit, goal: 1 },
      { id: 'copy-out', title: 'cp of 14,000 files out, to a directory', unit, goal: 1 },
      { id: 'copy-in', title: 'cp of them in', unit, goal: 1 },
      { id: 'copy-file-in', title: 'cp of a file of 100 MB in', unit, goal: 1 },
      { id: 'copy-file-out', title: 'cp of it out', unit, goal: 1 },
    ],
    rounds,
    warmUps: 0,
  },
  engines.map((engine) => ({ name: engine.kind, measure: () => measureCopies(engine) })),
)
await publishFigures('copy', figures)

/** Each round has a container of its own, which was never started; what is still to be written is written before. */
async function measureCopies(engine: BenchEngine): Promise<number[]> {
  const out = join(directory, 'out')
  const copy = async (from: string, to: string) => {
    await mustRun(['sync'])
    return docker(engine, 'cp', '--quiet', from, to)
  }
  await docker(engine, 'create', '--name', container, images.large.tag)
  try {
    return [
      await copy(`${container}:/${tree}`, '-'),
      await copy(`${container}:/${tree}`, out),
      await copy(`${out}/.`, `${container}:/tmp`),
      await copy(file, `${container}:/tmp/file`),
      await copy(`${container}:/tmp/file`, join(directory, 'file-out')),
    ]
  } finally {
    await docker(engine, 'rm', container)
    for (const name of ['out', 'file-out']) await rm(join(directory, name), { recursive: true, force: true })
  }
}
