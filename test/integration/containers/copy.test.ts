import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { Semaphore } from '@berth/stdx'
import { suiteStack, temporaryDirectory } from '@berth/stdx/testsuite'
import { hasDockerd, startDockerd, type TestDockerd } from '../../fixtures/dockerd.ts'
import { startEngine, type TestEngine } from '../../fixtures/engine.ts'
import { runProgram } from '../../fixtures/program.ts'
import { copyCases } from './copy-cases.ts'
import { listContainer, listLocal, runLine, worldTar, type CopyWorld, type Said } from './copy-world.ts'

const berth = join(import.meta.dirname, '../../../bin/berth')
const stock = (host: string) => ['docker', '-H', host]

interface Outcome {
  said: Said[]
  here: string[]
  there: string[]
}

const linesAtOnce = 4

interface Lines {
  indices: readonly number[]
  isRunning: boolean
}

/** Lines in one container, which runs, or is only started when it is looked at. */
async function outcomeOf(world: CopyWorld, { indices, isRunning }: Lines): Promise<Outcome> {
  const { client, container } = world
  const create = ['create', '--name', container, '--network', 'none', 'world:1', 'sleep', '1000']
  await succeed([...client, ...create])
  if (isRunning) await succeed([...client, 'start', container])
  const lines = new Semaphore(linesAtOnce)
  const said = await Promise.all(
    indices.map((index) => lines.run(() => runLine(world, copyCases[index]?.[1] ?? '', index))),
  )
  if (!isRunning) await succeed([...client, 'start', container])
  const there = await listContainer(world)
  await succeed([...client, 'rm', '-f', container])
  return { said, here: listLocal(world.folder), there }
}

async function succeed(argv: readonly string[]): Promise<void> {
  const { exitCode, stderr } = await runProgram(argv)
  assert.equal(exitCode, 0, `${argv.join(' ')}: ${stderr}`)
}

describe('cp', () => {
  let directory: string
  let engine: TestEngine
  let docker: TestDockerd | undefined

  const stack = suiteStack()
  before(async () => {
    directory = await temporaryDirectory(stack)
    const world = join(directory, 'world.tar')
    await writeFile(world, await worldTar(copyCases.length, await readFile('/usr/bin/busybox')))
    engine = stack.use(await startEngine({ bridge: 'none' }))
    docker = hasDockerd ? stack.use(await startDockerd()) : undefined
    for (const host of [engine.host, docker?.host])
      if (host !== undefined) await succeed([...stock(host), 'import', world, 'world:1'])
  })

  const every = [...copyCases.keys()]
  for (const [state, indices] of [
    ['running', every],
    ['created', every.filter((index) => index % 4 === 0)],
  ] as const) {
    test(`${indices.length} lines do the same with both clients and with Docker's engine, in a ${state} container`, async () => {
      const outcome = (name: string, client: readonly string[]): Promise<Outcome> => {
        const container = `${name}-${state}`
        const world = { client, container, folder: join(directory, container) }
        return outcomeOf(world, { indices, isRunning: state === 'running' })
      }
      const ours = await outcome('ours', [berth, '-H', engine.host])
      const theirs = await outcome('stock', stock(engine.host))
      assertSame(indices, ours, theirs)
      const exits = indices.map((index, at) => [ours.said[at]?.exitCode, copyCases[index]?.[1]])
      assert.deepEqual(
        exits,
        indices.map((index) => copyCases[index]),
      )
      if (!docker) return
      assertSame(indices, ours, await outcome('peer', stock(docker.host)))
      if (state === 'created') assertSame(indices, ours, await outcome('both', [berth, '-H', docker.host]))
    })
  }
})

function assertSame(indices: readonly number[], ours: Outcome, theirs: Outcome): void {
  const lines = ({ said }: Outcome) => indices.map((index, at) => [copyCases[index]?.[1], said[at]])
  assert.deepEqual(lines(ours), lines(theirs))
  assert.deepEqual(ours.here, theirs.here)
  assert.deepEqual(ours.there, theirs.there)
}
