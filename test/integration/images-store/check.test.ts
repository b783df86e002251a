import assert from 'node:assert/strict'
import { open, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { before, test } from 'node:test'
import type { CheckMessage, CheckProblem, CheckSummary } from '@berth/api'
import { digestHex, type Digest } from '@berth/oci'
import { suiteStack } from '@berth/stdx/testsuite'
import { startEngine, type TestEngine } from '../../fixtures/engine.ts'
import { startHub, type TestHub } from '../../fixtures/hub.ts'
import { busyboxImage, type BuiltImage } from '../../fixtures/images.ts'

let engine: TestEngine
let hub: TestHub
let image: BuiltImage

const stack = suiteStack()
before(async () => {
  hub = stack.use(await startHub())
  image = await busyboxImage({ layers: [{ '/file': 'content' }] })
  await hub.push(image, 'library/busybox:latest')
  engine = stack.use(await startEngine({ bridge: 'none', flags: ['--registry-mirror', hub.url] }))
  await pull()
})

const pull = async () => assert.equal((await engine.docker(['pull', '-q', 'busybox'])).exitCode, 0)
const runs = async () =>
  (await engine.docker(['run', '--rm', '--network', 'none', 'busybox', 'cat', '/file'])).stdout === 'content'

async function check(repairs: boolean): Promise<{ problems: CheckProblem[]; summary: CheckSummary }> {
  const { status, body } = await engine.api('POST', `/berth/check${repairs ? '?repair=1' : ''}`)
  assert.equal(status, 200)
  const lines = String(body)
    .trim()
    .split('\r\n')
    .map((line) => JSON.parse(line) as CheckMessage)
  const summary = lines.at(-1)
  assert.ok(summary?.Type === 'summary')
  return { problems: lines.filter((line) => line.Type !== 'summary'), summary }
}

const blobPath = (index: number) => {
  const digest = image.layers[index]?.descriptor.digest
  assert.ok(digest)
  return join(engine.dataRoot, 'content/blobs/sha256', digestHex(digest))
}
const layerPath = (index: number, file: string) => {
  const diffId = image.layers[index]?.diffId
  assert.ok(diffId)
  return join(engine.dataRoot, 'snapshots/layers/sha256', digestHex(diffId), file)
}

async function flip(path: string): Promise<void> {
  await using file = await open(path, 'r+')
  const { size } = await file.stat()
  const at = Math.floor(size / 2)
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, at)
  await file.write(Buffer.from([(buffer[0] ?? 0) ^ 1]), 0, 1, at)
}

test('check() finds nothing in what is whole and says how much it read', async () => {
  const { problems, summary } = await check(true)
  assert.deepEqual(problems, [])
  const blobs = await readdir(join(engine.dataRoot, 'content/blobs/sha256'))
  assert.deepEqual([summary.Blobs, summary.Layers, summary.Problems], [blobs.length, 2, 0])
  const { size } = await stat(layerPath(0, 'layer.tar'))
  assert.ok(summary.Bytes > size)
})

test('check() finds a flipped byte in a blob, an archive and an index, and mends them', async () => {
  await flip(blobPath(1))
  await flip(layerPath(0, 'layer.tar'))
  await flip(layerPath(1, 'layer.erofs'))
  const found = await check(false)
  assert.deepEqual(
    found.problems.map(({ Type, Problem, Outcome, Images }) => [Type, Problem, Outcome, Images]),
    ['blob', 'layer', 'layer'].map((type) => [type, 'broken', 'found', [image.imageId]]),
  )
  const mended = await check(true)
  assert.deepEqual(
    mended.problems.map(({ Outcome }) => Outcome),
    ['mended', 'mended', 'mended'],
  )
  assert.deepEqual((await check(true)).problems, [])
  assert.ok(await runs())
})

test('check() mends what is missing, config and manifest too', async () => {
  const manifest = join(engine.dataRoot, 'content/blobs/sha256', digestHex(image.descriptor.digest))
  const config = join(engine.dataRoot, 'content/blobs/sha256', digestHex(image.imageId))
  for (const path of [manifest, config, blobPath(0)]) await rm(path)
  const { problems, summary } = await check(true)
  assert.deepEqual([problems.length, summary.Mended, summary.Lost], [3, 3, 0])
  assert.ok(problems.every(({ Problem }) => Problem === 'missing'))
  assert.deepEqual((await check(false)).problems, [])
})

test('check() says what is lost, and a pull brings it again', async () => {
  await flip(blobPath(1))
  await flip(layerPath(1, 'layer.tar'))
  const fault = hub.inject({
    path: /./,
    fault: ({ response }) => Promise.resolve(void response.writeHead(404).end()),
  })
  const { problems, summary } = await check(true)
  fault[Symbol.dispose]()
  assert.deepEqual(
    problems.map(({ Type, Outcome }) => [Type, Outcome]),
    [
      ['blob', 'lost'],
      ['layer', 'lost'],
    ],
  )
  assert.equal(summary.Lost, 2)
  await pull()
  assert.deepEqual((await check(true)).problems, [])
  assert.ok(await runs())
})

test('check() mends a layer that was never in a registry from its archive, where that is whole', async () => {
  const { stdout } = await engine.docker(['import', layerPath(1, 'layer.tar'), 'imported:1'])
  const { body } = await engine.api('GET', '/images/imported:1/json')
  const [diffId = ''] = (body as { RootFS: { Layers: Digest[] } }).RootFS.Layers
  await rm(join(engine.dataRoot, 'content/blobs', diffId.replace(':', '/')))
  const { problems, summary } = await check(true)
  assert.deepEqual(
    problems.map(({ Problem, Outcome }) => [Problem, Outcome]),
    [['missing', 'mended']],
  )
  assert.equal(summary.Lost, 0)
  assert.deepEqual((await check(true)).problems, [])
  assert.equal((await engine.docker(['rmi', stdout.trim()])).exitCode, 0)
})

test('check() mends a layer that a running container needs', async () => {
  await engine.docker(['run', '-d', '--name', 'user', '--network', 'none', 'busybox', 'sleep', '600'])
  await flip(layerPath(1, 'layer.tar'))
  const { summary } = await check(true)
  assert.deepEqual([summary.Mended, summary.Lost], [1, 0])
  assert.equal((await engine.docker(['restart', '-t', '0', 'user'])).exitCode, 0)
  assert.equal((await engine.docker(['exec', 'user', 'cat', '/file'])).stdout, 'content')
  await engine.docker(['rm', '-f', 'user'])
})
