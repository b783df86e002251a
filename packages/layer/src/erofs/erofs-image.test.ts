import { digestOf } from '@berth/oci'
import assert from 'node:assert/strict'
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { layerLimitsDefault } from '../layer-limits.ts'
import { mounting } from '../testsuite/kernel-needs.ts'
import { mountLayer } from '../testsuite/mount-layer.ts'
import { plainEntry } from '../testsuite/plain-entry.ts'
import { temporaryDirectory } from '../testsuite/temporary-directory.ts'
import type { TarEntry } from '../tar/tar-entry.ts'
import { LayerTree } from '../tree/layer-tree.ts'
import { erofsImage } from './erofs-image.ts'

type Member = Partial<TarEntry> & { name: string; bodyOffset?: number }

function image(members: Iterable<Member>, tarBytes = 0): Iterable<Uint8Array> | undefined {
  const tree = new LayerTree(layerLimitsDefault)
  for (const { bodyOffset = 0, ...member } of members)
    tree.add({ ...plainEntry, type: 'file', ...member }, bodyOffset)
  tree.finish()
  return erofsImage(tree.root, { tarBytes, uuid: Buffer.alloc(16, 7) })
}

/** Writes an image and a tar of `tarBytes` that is all hole, and mounts them. */
function mounted(directory: string, members: Iterable<Member>, tarBytes = 0): ReturnType<typeof mountLayer> {
  const path = join(directory, 'layer')
  mkdirSync(path)
  writeFileSync(join(path, 'layer.tar'), '')
  truncateSync(join(path, 'layer.tar'), tarBytes)
  writeFileSync(join(path, 'layer.erofs'), Buffer.concat([...(image(members, tarBytes) ?? assert.fail())]))
  return mountLayer(path)
}

test('erofsImage() holds a directory of 100,000 names', mounting, () => {
  using directory = temporaryDirectory()
  const names = Array.from({ length: 100_000 }, (_, index) => `name-${index}`)
  using layer = mounted(
    directory.path,
    names.map((name) => ({ name })),
  )
  assert.deepEqual(new Set(readdirSync(layer.path)), new Set(names))
  for (const name of ['name-0', 'name-99999', 'name-54321'])
    assert.ok(statSync(join(layer.path, name)).isFile())
  assert.throws(() => statSync(join(layer.path, 'name-100000')), { code: 'ENOENT' })
})

test('erofsImage() holds files above 4 GB, a whole one and one with holes', mounting, () => {
  using directory = temporaryDirectory()
  const sizeBytes = 5 * 2 ** 30 + 3
  const bodyOffset = 512
  const fragments = [
    { offset: 0, sizeBytes: 2 ** 20 },
    { offset: 5 * 2 ** 30, sizeBytes: 3 },
  ]
  const sparseOffset = 6 * 2 ** 30
  const members = [
    { name: 'whole', sizeBytes, bodyOffset },
    { name: 'sparse', sizeBytes, bodyOffset: sparseOffset, fragments },
  ]
  using layer = mounted(directory.path, members, 7 * 2 ** 30)
  const tar = openSync(join(directory.path, 'layer/layer.tar'), 'r+')
  writeSync(tar, 'end', bodyOffset + sizeBytes - 3)
  writeSync(tar, 'far', sparseOffset + 2 ** 20)
  closeSync(tar)
  for (const [name, text] of [
    ['whole', 'end'],
    ['sparse', 'far'],
  ] as const) {
    const fd = openSync(join(layer.path, name), 'r')
    const tail = Buffer.alloc(8)
    assert.equal(readSync(fd, tail, 0, 8, sizeBytes - 8), 8)
    assert.equal(tail.toString(), `\0\0\0\0\0${text}`)
    closeSync(fd)
  }
})

test('erofsImage() holds link targets of every length around its blocks', mounting, () => {
  using directory = temporaryDirectory()
  const lengths = [1, 414, 415, 416, 417, 447, 448, 449, 511, 512, 513, 960, 1024, 4095]
  const members = lengths.map((length) => ({
    name: `l${length}`,
    type: 'symlink' as const,
    linkName: 'x'.repeat(length),
  }))
  using layer = mounted(directory.path, members)
  for (const length of lengths) assert.equal(readlinkSync(join(layer.path, `l${length}`)).length, length)
})

test('erofsImage() cannot express holes inside blocks, scattered pieces, large values, a tar without its padding', () => {
  const file = { name: 'a', sizeBytes: 10_000, bodyOffset: 512 }
  assert.equal(image([{ ...file, fragments: [{ offset: 100, sizeBytes: 100 }] }], 4096), undefined)
  assert.equal(
    image([{ ...file, sizeBytes: 2 ** 31, fragments: [{ offset: 512, sizeBytes: 512 }] }], 4096),
    undefined,
  )
  assert.equal(image([{ ...file, xattrs: new Map([['user.a', 'x'.repeat(65_536)]]) }], 16_384), undefined)
  const many = Array.from(
    { length: 5 },
    (_, index) => [`user.${index}`, 'x'.repeat(60_000)] as [string, string],
  )
  assert.equal(image([{ ...file, xattrs: new Map(many) }], 16_384), undefined)
  assert.equal(image([file], 1000), undefined)
})

test('erofsImage() stores attributes that several files have once', () => {
  const size = (members: Member[]): number =>
    [...(image(members) ?? [])].reduce((sum, piece) => sum + piece.length, 0)
  const value = 'x'.repeat(5000)
  const members = Array.from({ length: 20 }, (_, index) => ({
    name: String(index),
    xattrs: new Map([['user.a', value]]),
  }))
  assert.ok(size(members) < 3 * value.length)
})

test('erofsImage() keeps what a tar of several members holds', mounting, () => {
  using directory = temporaryDirectory()
  const members = [0, 1, 2].map((index) => ({
    name: String(index),
    sizeBytes: 700,
    bodyOffset: 512 + 1024 * index,
  }))
  using layer = mounted(directory.path, members, 4096)
  const content = Buffer.from(Array.from({ length: 4096 }, (_, index) => index % 251))
  writeFileSync(join(directory.path, 'layer/layer.tar'), content)
  for (const { name, bodyOffset } of members) {
    assert.equal(
      digestOf(readFileSync(join(layer.path, name))),
      digestOf(content.subarray(bodyOffset, bodyOffset + 700)),
    )
  }
})
