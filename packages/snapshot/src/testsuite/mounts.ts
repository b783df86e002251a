import assert from 'node:assert/strict'
import {
  chmodSync,
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { linuxKernel } from '@berth/syscalls'
import type { LayerEntry } from './layer-entry.ts'
import { TestPlace, type SnapshotterUnderTest } from './test-place.ts'

const file = (path: string, content: string): LayerEntry => ({ path, type: 'file', content })
const directory = (path: string, more: Partial<LayerEntry> = {}): LayerEntry => ({
  path,
  type: 'directory',
  ...more,
})

const below = [
  directory('etc'),
  file('etc/a', 'a below'),
  file('etc/b', 'b below'),
  directory('var'),
  file('var/old', 'x'),
]
const above = [
  directory('etc'),
  { path: 'etc/b', type: 'whiteout' },
  file('etc/c', 'c above'),
  directory('var', { opaque: true }),
  file('var/new', 'y'),
] satisfies LayerEntry[]

export function testMounts(subject: SnapshotterUnderTest): void {
  test('mount() merges layers, upper ones first, with whiteouts and opaque directories', async () => {
    await using place = await TestPlace.open(subject)
    const layers = [await place.addLayer(below), await place.addLayer(above)]
    const root = await place.mount('a', layers)
    assert.deepEqual(readdirSync(join(root, 'etc')).sort(), ['a', 'c'])
    assert.deepEqual(readdirSync(join(root, 'var')), ['new'])
    assert.equal(readFileSync(join(root, 'etc/a'), 'utf8'), 'a below')
  })

  test('mount() takes a snapshot of no layers and of one', async () => {
    await using place = await TestPlace.open(subject)
    const empty = await place.mount('none', [])
    assert.deepEqual(readdirSync(empty), [])
    writeFileSync(join(empty, 'x'), 'x')
    const one = await place.mount('one', [await place.addLayer(below)])
    assert.equal(readFileSync(join(one, 'etc/a'), 'utf8'), 'a below')
  })

  test('mount() takes 130 layers', async () => {
    await using place = await TestPlace.open(subject)
    const layers = await Promise.all(
      Array.from({ length: 130 }, (_, n) => place.addLayer([file(`only-${n}`, ''), file('all', String(n))])),
    )
    const root = await place.mount('many', layers)
    assert.equal(readdirSync(root).length, 131)
    assert.equal(readFileSync(join(root, 'all'), 'utf8'), '129')
    await place.snapshotter.unmount('many', root)
    assert.deepEqual(place.mounts(), [])
  })

  test('what is written goes to the top alone and outlives the mount', async () => {
    await using place = await TestPlace.open(subject)
    const layer = await place.addLayer(below)
    const [first, second] = [await place.mount('first', [layer]), await place.mount('second', [layer])]
    writeFileSync(join(first, 'etc/a'), 'changed')
    assert.equal(readFileSync(join(second, 'etc/a'), 'utf8'), 'a below')
    await place.snapshotter.unmount('first', first)
    await place.snapshotter.mount('first', first)
    assert.equal(readFileSync(join(first, 'etc/a'), 'utf8'), 'changed')
  })

  test('the upper directory holds plain files, 0/0 devices and opaque directories', async () => {
    await using place = await TestPlace.open(subject)
    const root = await place.mount('a', [await place.addLayer(below)])
    const upper = (await place.snapshotter.findSnapshot('a'))?.upper ?? ''
    chmodSync(join(root, 'etc/a'), 0o600)
    rmSync(join(root, 'etc/b'))
    rmSync(join(root, 'var'), { recursive: true })
    mkdirSync(join(root, 'var'))
    assert.equal(readFileSync(join(upper, 'etc/a'), 'utf8'), 'a below')
    const whiteout = lstatSync(join(upper, 'etc/b'))
    assert.ok(whiteout.isCharacterDevice() && whiteout.rdev === 0)
    assert.equal(
      Buffer.from(linuxKernel.getXattr(join(upper, 'var'), 'trusted.overlay.opaque') ?? []).toString(),
      'y',
    )
    assert.throws(() => renameSync(join(root, 'etc'), join(root, 'moved')), { code: 'EXDEV' })
  })

  test('the root has owner and permissions as in the topmost layer, until the container changes them', async () => {
    await using place = await TestPlace.open(subject)
    const layers = [
      await place.addLayer(below),
      await place.addLayer([directory('.', { mode: 0o1770, uid: 12, gid: 34 })]),
    ]
    const root = await place.mount('a', layers)
    const { mode, uid, gid } = statSync(root)
    assert.deepEqual({ mode: mode & 0o7777, uid, gid }, { mode: 0o1770, uid: 12, gid: 34 })
    chmodSync(root, 0o711)
    await place.snapshotter.unmount('a', root)
    await place.snapshotter.mount('a', root)
    assert.equal(statSync(root).mode & 0o7777, 0o711)
  })

  test('set-user-id programs and devices of layers are not disabled', async () => {
    await using place = await TestPlace.open(subject)
    await place.mount('a', [await place.addLayer(below)])
    const lines = readFileSync('/proc/self/mountinfo', 'utf8').split('\n')
    for (const line of lines.filter((line) => line.includes(place.root)))
      assert.doesNotMatch(line, /nosuid|nodev|noexec/)
  })

  test('mount() is idempotent, also through a link to the target, and refuses a second place', async () => {
    await using place = await TestPlace.open(subject)
    const root = await place.mount('a', [await place.addLayer(below)])
    const before = place.mounts()
    symlinkSync(root, join(place.root, 'link'))
    await place.snapshotter.mount('a', root)
    await place.snapshotter.mount('a', join(place.root, 'link'))
    assert.deepEqual(place.mounts(), before)
    await assert.rejects(place.snapshotter.mount('a', place.makeTarget('b')), { code: 'failed-precondition' })
    await place.snapshotter.unmount('a', join(place.root, 'link'))
    assert.deepEqual(place.mounts(), [])
  })

  test('mount() of what is not prepared is not-found, and at a missing target leaves no mounts', async () => {
    await using place = await TestPlace.open(subject)
    await assert.rejects(place.snapshotter.mount('a', place.makeTarget('a')), { code: 'not-found' })
    await place.snapshotter.prepare('a', [await place.addLayer(below)])
    await assert.rejects(place.snapshotter.mount('a', join(place.root, 'missing')))
    assert.deepEqual([place.mounts(), place.points()], [[], []])
  })

  test('unmount() keeps layers that others need, then lets go of all; it can be repeated', async () => {
    await using place = await TestPlace.open(subject)
    const [shared, own] = [await place.addLayer(below), await place.addLayer(above)]
    const first = await place.mount('first', [shared, own])
    const second = await place.mount('second', [shared])
    await place.snapshotter.unmount('first', first)
    await place.snapshotter.unmount('first', first)
    assert.equal(readFileSync(join(second, 'etc/a'), 'utf8'), 'a below')
    await place.snapshotter.unmount('second', second)
    await place.snapshotter.unmount('second', second)
    await place.snapshotter.unmount('never', place.makeTarget('never'))
    assert.deepEqual([place.mounts(), place.points()], [[], []])
  })

  test('unmount() detaches a root that is busy, and says so', async () => {
    await using place = await TestPlace.open(subject)
    const root = await place.mount('a', [await place.addLayer(below)])
    const held = openSync(join(root, 'etc/a'), 'r')
    try {
      await place.snapshotter.unmount('a', root)
      assert.deepEqual([place.mounts(), place.points()], [[], []])
      assert.deepEqual(place.warnings, ['snapshot: mount is busy, detaching it'])
      assert.equal(readFileSync(held, 'utf8'), 'a below')
    } finally {
      closeSync(held)
    }
  })

  test('snapshots that share layers can be mounted and unmounted at once', async () => {
    await using place = await TestPlace.open(subject)
    const layers = [await place.addLayer(below), await place.addLayer(above)]
    const cycle = async (key: string) => {
      for (let round = 0; round < 3; round++) {
        const root = await place.mount(key, layers)
        assert.equal(readFileSync(join(root, 'etc/c'), 'utf8'), 'c above')
        await place.snapshotter.unmount(key, root)
        await place.snapshotter.remove(key)
      }
    }
    await Promise.all(Array.from({ length: 6 }, (_, n) => cycle(`key-${n}`)))
    assert.deepEqual([place.mounts(), place.points()], [[], []])
  })
}
