import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryDirectory } from '@berth/stdx/testsuite'
import { startEngine, type TestEngine, type TestEngineOptions } from '../../fixtures/engine.ts'
import { startHub, type TestHub } from '../../fixtures/hub.ts'
import { busyboxImage, type BuiltImage } from '../../fixtures/images.ts'
import type { ProgramResult } from '../../fixtures/program.ts'
import { dockerArchive, layoutBlobs, layoutDocuments, writeArchive } from './image-archives.ts'

/** What a crash may interrupt. */
export interface CrashScenario {
  name: 'load' | 'pull' | 'commit' | 'import' | 'rmi' | 'rmi of a commit'
  /** Makes what must be there before. */
  prepare?: () => Promise<void>
  act: () => Promise<ProgramResult>
  /** The name of the image that `act` brings, makes or takes away. */
  image: string
  /** What `/large` of the whole image hashes to. */
  sum: string
}

/** An engine with an image that nothing may touch, and everything that scenarios need. */
export interface CrashPlace extends AsyncDisposable {
  engine: TestEngine
  hub: TestHub
  /** Of the scenarios that load or pull one: three layers. */
  image: BuiltImage
  scenarios: CrashScenario[]
  /** Names of blobs, layers and ingests when no scenario runs. */
  baseline: string[]
}

export async function openCrashPlace(
  options: Pick<TestEngineOptions, 'dataRoot' | 'env'> = {},
): Promise<CrashPlace> {
  await using stack = new AsyncDisposableStack()
  const directory = await temporaryDirectory(stack)
  const hub = stack.use(await startHub())
  const flags = ['--registry-mirror', hub.url]
  const engine = stack.use(await startEngine({ ...options, bridge: 'none', flags }))
  const large = randomBytes(200_000)
  const image = await busyboxImage({ layers: [{ '/small': 'x' }, { '/large': large }] })
  await hub.push(image, 'library/pulled:1')
  const scenarios = await openScenarios({ engine, image, directory, large })
  const baseline = await listStored(engine.dataRoot)
  const owned = stack.move()
  return { engine, hub, image, scenarios, baseline, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

/** Everything that a crash might leave in a data root, by its path. */
export async function listStored(dataRoot: string): Promise<string[]> {
  const places = ['content/blobs/sha256', 'content/ingests', 'snapshots/layers/sha256', 'snapshots/staged']
  const found = await Array.fromAsync(places, async (path) =>
    (await readdir(join(dataRoot, path))).map((name) => `${path}/${name}`),
  )
  return found.flat().toSorted()
}

interface Parts {
  engine: TestEngine
  image: BuiltImage
  directory: string
  large: Uint8Array
}

async function openScenarios({ engine, image, directory, large }: Parts): Promise<CrashScenario[]> {
  const run = async (...args: string[]): Promise<void> => {
    const { exitCode, stderr } = await engine.docker(args)
    assert.equal(exitCode, 0, `docker ${args.join(' ')}: ${stderr}`)
  }
  const kept = await busyboxImage({ layers: [{ '/large': 'kept' }] })
  const keptPath = await writeArchive(join(directory, 'kept.tar'), dockerArchive(kept, ['kept:1']))
  await run('load', '-i', keptPath)
  const changed = 'changed\n'.repeat(25_000)
  const change = `yes changed | head -n 25000 > /large`
  await run('run', '--name', 'changed', '--network', 'none', 'kept:1', 'sh', '-c', change)
  const importPath = join(directory, 'imported.tar')
  await run('export', '-o', importPath, 'changed')
  const annotations = { 'io.containerd.image.name': 'docker.io/library/loaded:1' }
  const layout = [...layoutBlobs(image), ...layoutDocuments([{ ...image.descriptor, annotations }])]
  const loadPath = await writeArchive(join(directory, 'loaded.tar'), layout)
  const scenario = (
    name: CrashScenario['name'],
    args: readonly string[],
    about: { image: string; content: string | Uint8Array; prepare?: () => Promise<void> },
  ): CrashScenario => {
    const { content, ...more } = about
    const sum = createHash('sha256').update(content).digest('hex')
    return { name, act: () => engine.docker(args), sum, ...more }
  }
  const importArgs = ['import', '-c', 'ENV PATH=/bin', importPath, 'imported:1']
  return [
    scenario('load', ['load', '-i', loadPath], { image: 'loaded:1', content: large }),
    scenario('pull', ['pull', 'pulled:1'], { image: 'pulled:1', content: large }),
    scenario('commit', ['commit', 'changed', 'committed:1'], { image: 'committed:1', content: changed }),
    scenario('import', importArgs, { image: 'imported:1', content: changed }),
    scenario('rmi', ['rmi', 'loaded:1'], {
      image: 'loaded:1',
      content: large,
      prepare: () => run('load', '-i', loadPath),
    }),
    scenario('rmi of a commit', ['rmi', 'grown:1'], {
      image: 'grown:1',
      content: changed,
      prepare: async () => {
        const { stdout: parentId } = await engine.docker(['commit', 'changed'])
        await run('create', '--name', 'grown', '--network', 'none', parentId.trim(), 'true')
        await run('commit', 'grown', 'grown:1')
        await run('rm', 'grown')
      },
    }),
  ]
}
