import assert from 'node:assert/strict'
import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { digestOf } from '@berth/oci'
import { TestPlace, type SnapshotterUnderTest } from './test-place.ts'

export function testSnapshots(subject: SnapshotterUnderTest): void {
  test('prepare() makes a snapshot that is found and listed, also after a restart', async () => {
    await using place = await TestPlace.open(subject)
    const layers = [
      await place.addLayer([{ path: 'a', type: 'file' }]),
      await place.addLayer([{ path: 'b', type: 'file' }]),
    ]
    await place.snapshotter.prepare('key', layers)
    for (const snapshotter of [place.snapshotter, await place.reopen()]) {
      const snapshot = await snapshotter.findSnapshot('key')
      assert.deepEqual(snapshot?.layers, layers)
      assert.deepEqual(await Array.fromAsync(snapshotter.listSnapshots()), [snapshot])
    }
    assert.equal(await place.snapshotter.findSnapshot('other'), undefined)
  })

  test('prepare() refuses a key that is taken, a layer that is missing, and a key that is no name', async () => {
    await using place = await TestPlace.open(subject)
    const { snapshotter } = place
    await snapshotter.prepare('taken', [])
    await assert.rejects(snapshotter.prepare('taken', []), { code: 'already-exists' })
    await assert.rejects(snapshotter.prepare('key', [digestOf('missing')]), { code: 'not-found' })
    await snapshotter.prepare('key', [])
    for (const key of ['', '.', '..', '../x', '/x', 'a/b', 'a.json', '-x', 'x\0', 'x'.repeat(200)]) {
      await assert.rejects(snapshotter.prepare(key, []), { code: 'invalid-argument' })
    }
  })

  test('of two that prepare one key at once, one gets it', async () => {
    await using place = await TestPlace.open(subject)
    const outcomes = await Promise.allSettled([
      place.snapshotter.prepare('a', []),
      place.snapshotter.prepare('a', []),
    ])
    assert.deepEqual(outcomes.map((outcome) => outcome.status).sort(), ['fulfilled', 'rejected'])
    assert.ok(await place.snapshotter.findSnapshot('a'))
  })

  test('usage() counts what the writable top takes and follows no links', async () => {
    await using place = await TestPlace.open(subject)
    const layer = await place.addLayer([{ path: 'below', type: 'file', content: 'x'.repeat(100_000) }])
    const root = await place.mount('a', [layer])
    const empty = await place.snapshotter.usage('a')
    assert.equal(empty.inodes, 0)
    writeFileSync(join(root, 'file'), Buffer.alloc(1024 * 1024, 'x'))
    symlinkSync('/', join(root, 'link'))
    symlinkSync('loop', join(root, 'loop'))
    const used = await place.snapshotter.usage('a')
    assert.equal(used.inodes, 3)
    assert.ok(used.sizeBytes >= 1024 * 1024 && used.sizeBytes < 2 * 1024 * 1024, String(used.sizeBytes))
    await assert.rejects(async () => place.snapshotter.usage('none'), { code: 'not-found' })
  })
}
