import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { eventually } from '@berth/stdx/testsuite'
import { mountDisk, type Disk } from '../../fixtures/disk.ts'
import { startEngine, type TestEngine } from '../../fixtures/engine.ts'
import { startHub, type TestHub } from '../../fixtures/hub.ts'
import { buildImage, busyboxImage } from '../../fixtures/images.ts'
import { runProgram } from '../../fixtures/program.ts'
import { storedContent } from '../../fixtures/stored-content.ts'

const mebibyte = 1024 * 1024
let hub: TestHub

before(async () => {
  hub = await startHub()
  await hub.push(await busyboxImage({ layers: [{ '/text': 'small' }] }), 'disk/small:v1')
})

after(async () => {
  await hub?.[Symbol.asyncDispose]()
})

/** An engine whose data root is on a small disk. */
async function startOnDisk(driver: string, mkfsFlags: readonly string[] = []) {
  await using stack = new AsyncDisposableStack()
  const disk = stack.use(await mountDisk({ mkfsFlags }))
  const dataRoot = join(disk.directory, 'data')
  const flags = ['--storage-driver', driver, '--data-root', dataRoot]
  const engine = stack.use(await startEngine({ bridge: 'none', flags }))
  const owned = stack.move()
  const stored = () => storedContent(engine, dataRoot)
  return { disk, engine, stored, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

async function assertNoSpace(engine: TestEngine, name: string): Promise<void> {
  const { exitCode, stderr } = await engine.docker(['pull', `${hub.address}/disk/${name}`])
  assert.match(stderr, /no space left on device\n$/)
  assert.equal(exitCode, 1)
  assert.equal((await engine.api('GET', '/_ping')).status, 200)
}

async function assertPulls(engine: TestEngine, name: string): Promise<void> {
  const { exitCode, stderr } = await engine.docker(['pull', `${hub.address}/disk/${name}`])
  assert.equal(stderr, '')
  assert.equal(exitCode, 0)
}

/** Trash is emptied behind the pull's back. */
const untilFree = (disk: Disk, kind: 'bytes' | 'inodes', wanted: number) =>
  eventually(async () => {
    const free = (await disk.free())[kind]
    assert.ok(free >= wanted, `${free} of ${wanted} ${kind} are free`)
  }, 5000)

for (const driver of ['erofs', 'overlay']) {
  test(`pull() of an image that does not fit gives its space back and leaves room for others, on ${driver}`, async () => {
    const layers = ['/a', '/b', '/c', '/d', '/e'].map((name) => ({ [name]: randomBytes(12 * mebibyte) }))
    await hub.push(await buildImage({ layers, compression: 'none' }), 'disk/large:v1')
    // Fits as it comes, but not once more as a layer.
    const twice = [{ '/f': randomBytes(32 * mebibyte) }]
    await hub.push(await buildImage({ layers: twice, compression: 'zstd' }), 'disk/twice:v1')
    await using machine = await startOnDisk(driver)
    const { disk, engine, stored } = machine
    const before = await disk.free()
    for (const name of ['large:v1', 'twice:v1']) {
      await assertNoSpace(engine, name)
      assert.deepEqual(await stored(), { images: [], blobs: [], layers: [], staged: [], ingests: {} })
      await untilFree(disk, 'bytes', before.bytes - mebibyte / 2)
    }
    await assertPulls(engine, 'small:v1')
    const { stdout } = await engine.docker([
      'run',
      '--rm',
      '--network',
      'none',
      `${hub.address}/disk/small:v1`,
      'cat',
      '/text',
    ])
    assert.equal(stdout, 'small')
  })
}

test('pull() on a disk without inodes gives them back and leaves room for others', async () => {
  const files = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`/file${index}`, 'x']))
  await hub.push(await buildImage({ layers: [files] }), 'disk/many:v1')
  await using machine = await startOnDisk('overlay', ['-N', '128'])
  const { disk, engine, stored } = machine
  const before = await disk.free()
  await assertNoSpace(engine, 'many:v1')
  assert.deepEqual(await stored(), { images: [], blobs: [], layers: [], staged: [], ingests: {} })
  await untilFree(disk, 'inodes', before.inodes - 2)
  await hub.push(await buildImage({ layers: [{ '/few': 'x' }] }), 'disk/few:v1')
  await assertPulls(engine, 'few:v1')
})

test('pull() works again when somebody made room', async () => {
  await hub.push(
    await buildImage({ layers: [{ '/h': randomBytes(12 * mebibyte) }], compression: 'none' }),
    'disk/middle:v1',
  )
  await using machine = await startOnDisk('erofs')
  const { disk, engine, stored } = machine
  const filler = join(disk.directory, 'filler')
  const filled = await runProgram(['dd', 'if=/dev/zero', `of=${filler}`, 'bs=64k', 'oflag=direct'])
  assert.match(filled.stderr, /No space left on device/)
  await runProgram(['dd', 'if=/dev/zero', `of=${filler}.rest`, 'bs=1k'])
  assert.equal((await disk.free()).bytes, 0)
  await assertNoSpace(engine, 'middle:v1')
  assert.deepEqual((await stored()).images, [])
  assert.equal((await engine.docker(['images', '-q'])).exitCode, 0)
  await rm(filler)
  await rm(`${filler}.rest`)
  await assertPulls(engine, 'middle:v1')
})
