import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { digestOf } from '@berth/oci'
import type { LayerEntry } from './layer-entry.ts'
import { TestPlace, type SnapshotterUnderTest } from './test-place.ts'

const entries: LayerEntry[] = [{ path: 'file', type: 'file', content: 'hello' }]

export function testLayers(subject: SnapshotterUnderTest): void {
  test('commit() makes a layer that is found and listed, also after a restart', async () => {
    await using place = await TestPlace.open(subject)
    const diffId = await place.addLayer(entries)
    for (const snapshotter of [place.snapshotter, await place.reopen()]) {
      const layer = await snapshotter.findLayer(diffId)
      assert.equal(layer?.diffId, diffId)
      assert.equal(layer.sizeBytes, 1024)
      assert.deepEqual(await Array.fromAsync(snapshotter.listLayers()), [layer])
    }
    assert.equal(await place.snapshotter.findLayer(digestOf('another')), undefined)
    assert.deepEqual(place.mounts(), [])
  })

  test('commit() takes a sha512 diffId', async () => {
    await using place = await TestPlace.open(subject)
    const diffId = digestOf('x', 'sha512')
    await using staged = await place.snapshotter.stageLayer()
    await subject.writeLayer(entries, staged.directory)
    await staged.commit({ diffId, sizeBytes: 1 })
    assert.equal((await place.snapshotter.findLayer(diffId))?.sizeBytes, 1)
  })

  test('commit() of a layer that is there already is success, also of several at once', async () => {
    await using place = await TestPlace.open(subject)
    await Promise.all([1, 2, 3].map(() => place.addLayer(entries)))
    await place.addLayer(entries)
    assert.equal((await Array.fromAsync(place.snapshotter.listLayers())).length, 1)
    await place.emptyTrash()
    assert.deepEqual(readdirSync(join(place.directory, 'staged')), [])
  })

  test('commit() leaves no mount, also while unused layers are let go of', async () => {
    await using place = await TestPlace.open(subject)
    const kept = await place.addLayer(entries)
    const names = Array.from({ length: 8 }, (_, index) => `file-${index}`)
    const letGo = async () => {
      for (const _ of names) await (await place.snapshotter.viewLayers([kept]))[Symbol.asyncDispose]()
    }
    const added = names.map((path) => place.addLayer([{ path, type: 'file', content: path }]))
    await Promise.all([...added, letGo()])
    assert.equal((await Array.fromAsync(place.snapshotter.listLayers())).length, names.length + 1)
    assert.deepEqual([place.mounts(), place.points(), place.warnings], [[], [], []])
  })

  test('commit() takes the place of a broken layer when told so, also when a snapshot needs it', async () => {
    await using place = await TestPlace.open(subject)
    const diffId = await place.addLayer(entries)
    await place.snapshotter.prepare('key', [diffId])
    {
      await using staged = await place.snapshotter.stageLayer()
      await subject.writeLayer([{ path: 'file', type: 'file', content: 'mended' }], staged.directory)
      await staged.commit({ diffId, sizeBytes: 1024, replaces: true })
    }
    const target = place.makeTarget('key')
    await place.snapshotter.mount('key', target)
    assert.equal(readFileSync(join(target, 'file'), 'utf8'), 'mended')
  })

  test('a staged layer that is not committed is removed', async () => {
    await using place = await TestPlace.open(subject)
    {
      await using staged = await place.snapshotter.stageLayer()
      await subject.writeLayer(entries, staged.directory)
    }
    await place.emptyTrash()
    assert.deepEqual(readdirSync(join(place.directory, 'staged')), [])
    assert.deepEqual(await Array.fromAsync(place.snapshotter.listLayers()), [])
  })

  test('commit() refuses a directory without a layer', async () => {
    await using place = await TestPlace.open(subject)
    await using staged = await place.snapshotter.stageLayer()
    await assert.rejects(staged.commit({ diffId: digestOf('x'), sizeBytes: 0 }), { code: 'invalid-argument' })
  })

  test('removeLayer() removes a layer that no snapshot needs, and can be repeated', async () => {
    await using place = await TestPlace.open(subject)
    const diffId = await place.addLayer(entries)
    await place.snapshotter.prepare('a', [diffId])
    await assert.rejects(place.snapshotter.removeLayer(diffId), { code: 'failed-precondition' })
    await place.snapshotter.remove('a')
    await place.snapshotter.removeLayer(diffId)
    await place.snapshotter.removeLayer(diffId)
    assert.equal(await place.snapshotter.findLayer(diffId), undefined)
    await place.emptyTrash()
    await place.addLayer(entries)
    assert.ok(await place.snapshotter.findLayer(diffId))
  })
}
