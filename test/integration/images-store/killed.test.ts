import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { suiteStack, temporaryDirectory } from '@berth/stdx/testsuite'
import { startEngine, type TestEngine } from '../../fixtures/engine.ts'
import { busyboxImage, type BuiltImage } from '../../fixtures/images.ts'
import { storedContent } from '../../fixtures/stored-content.ts'
import { dockerArchive, layoutBlobs, layoutDocuments, writeArchive } from './image-archives.ts'

let engine: TestEngine
let directory: string
let image: BuiltImage

const stack = suiteStack()
before(async () => {
  directory = await temporaryDirectory(stack)
  const layers = Array.from({ length: 6 }, (_, index) => ({ [`/large-${index}`]: randomBytes(3_000_000) }))
  image = await busyboxImage({ layers, compression: 'none' })
  engine = stack.use(await startEngine({ bridge: 'none' }))
})

/** Kills the engine so long after the command began, and starts it again. */
async function killDuring(args: readonly string[], delayMs: number): Promise<void> {
  const command = engine.docker(args)
  await sleep(delayMs)
  await engine.kill()
  await command
  await engine.start()
}

async function isNothingOrWhole(name: string, expected: string): Promise<boolean> {
  const { images, staged } = await storedContent(engine)
  assert.deepEqual(staged, [])
  if (images.length === 0) return false
  assert.deepEqual(images, [expected])
  const { stdout } = await engine.docker([
    'run',
    '--rm',
    '--network',
    'none',
    name,
    'sh',
    '-c',
    'ls / | grep -c large',
  ])
  assert.equal(stdout, '6\n')
  return true
}

async function clear(): Promise<void> {
  await engine.docker(['image', 'prune', '-af'])
  const { images, blobs, layers } = await storedContent(engine)
  assert.deepEqual([images, blobs, layers], [[], [], []])
}

test('a load that is killed at any moment leaves nothing or the whole image', async () => {
  const named = {
    ...image.descriptor,
    annotations: { 'io.containerd.image.name': 'docker.io/library/large:1' },
  }
  const layout = [...layoutBlobs(image), ...layoutDocuments([named])]
  for (const [index, members] of [layout, dockerArchive(image, ['large:1'])].entries()) {
    const path = await writeArchive(join(directory, `${index}.tar`), members)
    for (const delayMs of [30, 90, 160, 250]) {
      await killDuring(['load', '-i', path], delayMs)
      await isNothingOrWhole('large:1', image.imageId)
      await clear()
    }
    assert.equal((await engine.docker(['load', '-i', path])).exitCode, 0)
    assert.ok(await isNothingOrWhole('large:1', image.imageId))
    await clear()
  }
})

test('a commit that is killed at any moment leaves nothing or the whole image, and the container', async () => {
  const path = await writeArchive(join(directory, 'base.tar'), dockerArchive(image, ['base:1']))
  await engine.docker(['load', '-i', path])
  const script = 'head -c 20000000 /dev/urandom > /made; sha256sum /made > /sum'
  await engine.docker(['run', '--name', 'source', '--network', 'none', 'base:1', 'sh', '-c', script])
  for (const delayMs of [20, 45, 80, 130]) {
    await killDuring(['commit', 'source', 'made:1'], delayMs)
    const { staged } = await storedContent(engine)
    assert.deepEqual(staged, [])
    const found = await engine.docker([
      'run',
      '--rm',
      '--pull',
      'never',
      '--network',
      'none',
      'made:1',
      'sha256sum',
      '-c',
      '/sum',
    ])
    if (found.exitCode !== 125) assert.equal(found.stdout, '/made: OK\n')
    await engine.docker(['rmi', 'made:1'])
    assert.equal((await engine.docker(['diff', 'source'])).stdout, 'A /made\nA /sum\n')
  }
  await engine.docker(['rm', 'source'])
  await clear()
})
