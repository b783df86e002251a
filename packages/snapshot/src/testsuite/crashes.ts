import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { linuxKernel } from '@berth/syscalls'
import type { LayerEntry } from './layer-entry.ts'
import { TestPlace, type SnapshotterUnderTest } from './test-place.ts'

const entries: LayerEntry[] = [{ path: 'file', type: 'file', content: 'hello' }]

export function testCrashes(subject: SnapshotterUnderTest): void {
  test('a new process adopts the mounts of one that was killed, and ends them', async () => {
    await using place = await TestPlace.open(subject)
    const layer = await place.addLayer(entries)
    const [first, second] = [await place.mount('first', [layer]), await place.mount('second', [layer])]
    const before = place.mounts()
    await place.reopen()
    assert.deepEqual(place.mounts(), before)
    await place.snapshotter.mount('first', first)
    assert.deepEqual(place.mounts(), before)
    await place.snapshotter.unmount('first', first)
    assert.equal(readFileSync(join(second, 'file'), 'utf8'), 'hello')
    await place.snapshotter.unmount('second', second)
    assert.deepEqual([place.mounts(), place.points()], [[], []])
  })

  test('a new process lets go of layers whose last snapshot lost its mount', async () => {
    await using place = await TestPlace.open(subject)
    const root = await place.mount('a', [await place.addLayer(entries)])
    linuxKernel.unmount(root)
    await place.reopen()
    assert.deepEqual([place.mounts(), place.points()], [[], []])
    await place.snapshotter.mount('a', root)
    assert.equal(readFileSync(join(root, 'file'), 'utf8'), 'hello')
  })

  test('a new process mounts again after the machine has started anew', async () => {
    await using place = await TestPlace.open(subject)
    const root = await place.mount('a', [await place.addLayer(entries)])
    for (const entry of place.mounts().toReversed()) linuxKernel.unmount(entry.mountPoint)
    rmSync(place.runDirectory, { recursive: true })
    await place.reopen()
    await place.snapshotter.mount('a', root)
    assert.equal(readFileSync(join(root, 'file'), 'utf8'), 'hello')
  })

  test('a new process clears away what was half-made', async () => {
    await using place = await TestPlace.open(subject)
    await place.snapshotter.prepare('whole', [])
    const staged = await place.snapshotter.stageLayer()
    await subject.writeLayer(entries, staged.directory)
    mkdirSync(join(place.directory, 'snapshots', 'half', 'upper'), { recursive: true })
    writeFileSync(join(place.directory, 'snapshots', 'half.json.0123.tmp'), '{')
    await place.reopen()
    await place.emptyTrash()
    assert.deepEqual(readdirSync(join(place.directory, 'staged')), [])
    assert.deepEqual(readdirSync(join(place.directory, 'snapshots')).sort(), ['whole', 'whole.json'])
    await place.snapshotter.prepare('half', [])
  })

  test('a record that cannot be read is reported and hurts no other snapshot', async () => {
    await using place = await TestPlace.open(subject)
    await place.snapshotter.prepare('good', [])
    await place.snapshotter.prepare('bad', [])
    writeFileSync(join(place.directory, 'snapshots', 'bad.json'), '{"lay')
    await place.reopen()
    assert.deepEqual(place.warnings, ['snapshot: cannot read record'])
    assert.ok(await place.snapshotter.findSnapshot('good'))
    assert.ok(readdirSync(join(place.directory, 'snapshots')).includes('bad'))
  })

  test('a top that a power cut took is made again', async () => {
    await using place = await TestPlace.open(subject)
    await place.snapshotter.prepare('a', [
      await place.addLayer([{ path: '.', type: 'directory', mode: 0o711 }]),
    ])
    rmSync(join(place.directory, 'snapshots', 'a'), { recursive: true })
    await place.reopen()
    await place.snapshotter.mount('a', place.makeTarget('a'))
    assert.ok(place.mounts().length > 0)
  })
}
