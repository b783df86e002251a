import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { digestOf, type Digest } from '@berth/oci'
import { linuxKernel } from '@berth/syscalls'
import { openErofsSnapshotter, openOverlaySnapshotter } from './open-snapshotter.ts'
import { probeBlock, probeFileName, probeImage } from './probe-image.ts'
import { probeLayers } from './probe-layers.ts'
import { testSnapshotter, writeTreeLayer, type SnapshotterUnderTest } from './testsuite/index.ts'
import { TestPlace } from './testsuite/test-place.ts'

const erofs: SnapshotterUnderTest = {
  open: (options) => openErofsSnapshotter({ ...options, kernel: linuxKernel }),
  writeLayer: writeTreeLayer,
}

/** Commits a layer of format `erofs` with the one file that the probe image has. */
async function addErofsLayer(place: TestPlace, name: string): Promise<Digest> {
  await using staged = await place.snapshotter.stageLayer()
  writeFileSync(join(staged.directory, 'layer.erofs'), probeImage())
  writeFileSync(join(staged.directory, 'layer.tar'), probeBlock)
  await staged.commit({ diffId: digestOf(name), sizeBytes: probeBlock.length })
  return digestOf(name)
}

async function reasonToSkip(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'needs root to mount'
  await using place = await TestPlace.open(erofs)
  const { directory, runDirectory } = place
  return await probeLayers('erofs', { directory, runDirectory, kernel: linuxKernel })
}

const skip = (await reasonToSkip()) ?? false
if (skip === false) testSnapshotter('erofs with unpacked layers', erofs)

test('snapshots share one mount of a layer, beside unpacked ones', { skip }, async () => {
  await using place = await TestPlace.open(erofs)
  const layers = [
    await addErofsLayer(place, 'mounted'),
    await place.addLayer([{ path: 'file', type: 'file', content: 'unpacked' }]),
  ]
  assert.deepEqual((await place.snapshotter.findLayer(layers[0]!))?.format, 'erofs')
  assert.deepEqual(place.mounts(), [])
  const [first, second] = [await place.mount('first', layers), await place.mount('second', layers)]
  const mountsOfLayers = () => place.mounts().filter((entry) => entry.type === 'erofs')
  for (const root of [first, second]) {
    assert.ok(readFileSync(join(root, probeFileName)).equals(probeBlock))
    assert.equal(readFileSync(join(root, 'file'), 'utf8'), 'unpacked')
  }
  assert.equal(mountsOfLayers().length, 1)
  await place.snapshotter.unmount('first', first)
  await place.reopen()
  assert.equal(mountsOfLayers().length, 1)
  assert.ok(readFileSync(join(second, probeFileName)).equals(probeBlock))
  await place.snapshotter.unmount('second', second)
  assert.deepEqual([place.mounts(), place.points()], [[], []])
})

test('the mount of a layer is found by its source: another in its place makes room', { skip }, async () => {
  await using place = await TestPlace.open(erofs)
  const layer = await addErofsLayer(place, 'layer')
  const root = await place.mount('a', [layer])
  const point = place.mounts().find((entry) => entry.type === 'erofs')?.mountPoint ?? ''
  await place.snapshotter.unmount('a', root)
  const other = place.makeTarget('other')
  writeFileSync(join(other, 'layer.erofs'), probeImage())
  writeFileSync(join(other, 'layer.tar'), Buffer.alloc(512, 'wrong'))
  linuxKernel.mkdirat(-100, point, 0o700)
  linuxKernel.mount({
    source: join(other, 'layer.erofs'),
    target: point,
    type: 'erofs',
    flags: 1,
    data: `device=${join(other, 'layer.tar')}`,
  })
  await place.snapshotter.mount('a', root)
  assert.ok(readFileSync(join(root, probeFileName)).equals(probeBlock))
})

test('commit() refuses an image that the kernel does not mount, and leaves no mount', { skip }, async () => {
  await using place = await TestPlace.open(erofs)
  await using staged = await place.snapshotter.stageLayer()
  writeFileSync(join(staged.directory, 'layer.erofs'), probeImage().subarray(0, 1024))
  writeFileSync(join(staged.directory, 'layer.tar'), probeBlock)
  await assert.rejects(staged.commit({ diffId: digestOf('x'), sizeBytes: 1 }), { code: 'data-loss' })
  assert.deepEqual([place.mounts(), place.points()], [[], []])
})

test(
  'a layer that only EROFS can mount is missing without it, and can be written anew',
  { skip },
  async () => {
    await using place = await TestPlace.open(erofs)
    const layer = await addErofsLayer(place, 'layer')
    await place.snapshotter[Symbol.asyncDispose]()
    const { directory, runDirectory } = place
    await using overlay = await openOverlaySnapshotter({ directory, runDirectory, kernel: linuxKernel })
    assert.equal(await overlay.findLayer(layer), undefined)
    await using staged = await overlay.stageLayer()
    await writeTreeLayer([{ path: 'file', type: 'file' }], staged.directory)
    await staged.commit({ diffId: layer, sizeBytes: 1 })
    assert.equal((await overlay.findLayer(layer))?.format, 'tree')
  },
)

test('probeLayers() leaves nothing behind, also when the kernel refuses', { skip }, async () => {
  await using place = await TestPlace.open(erofs)
  const { directory, runDirectory } = place
  const refusing = {
    ...linuxKernel,
    mountByContext() {
      throw Object.assign(new Error('EIO: fsopen'), { code: 'EIO' })
    },
  }
  assert.equal(await probeLayers('erofs', { directory, runDirectory, kernel: linuxKernel }), undefined)
  assert.equal(await probeLayers('tree', { directory, runDirectory, kernel: linuxKernel }), undefined)
  assert.equal(await probeLayers('erofs', { directory, runDirectory, kernel: refusing }), 'EIO: fsopen')
  assert.deepEqual([place.mounts(), place.points()], [[], []])
  assert.deepEqual(readdirSync(join(directory, 'staged')), [])
  assert.ok(existsSync(directory))
})
