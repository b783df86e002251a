import assert from 'node:assert/strict'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { LayerEntry } from './layer-entry.ts'
import { TestPlace, type SnapshotterUnderTest } from './test-place.ts'

const file = (path: string, content: string): LayerEntry => ({ path, type: 'file', content })

export function testViews(subject: SnapshotterUnderTest): void {
  test('viewLayers() shows layers merged, of any number, and leaves no mount', async () => {
    await using place = await TestPlace.open(subject)
    const low = await place.addLayer([file('a', 'low'), file('b', 'low')])
    const high = await place.addLayer([file('b', 'high')])
    for (const [layers, names] of [
      [[], []],
      [[low], ['a', 'b']],
      [
        [low, high],
        ['a', 'b'],
      ],
    ] as const) {
      await using view = await place.snapshotter.viewLayers(layers)
      assert.deepEqual(readdirSync(`/proc/self/fd/${view.fd}`), names)
      assert.deepEqual(place.mounts(), [])
    }
    await using view = await place.snapshotter.viewLayers([low, high])
    assert.equal(readFileSync(`/proc/self/fd/${view.fd}/b`, 'utf8'), 'high')
    assert.throws(() => writeFileSync(`/proc/self/fd/${view.fd}/c`, ''), { code: 'EROFS' })
    assert.deepEqual(place.points(), [])
    assert.deepEqual(place.warnings, [])
  })

  test('viewSnapshot() shows what was written and removed, mounted or not', async () => {
    await using place = await TestPlace.open(subject)
    const layer = await place.addLayer([file('gone', 'x'), file('kept', 'x')])
    const root = await place.mount('key', [layer])
    rmSync(join(root, 'gone'))
    writeFileSync(join(root, 'new'), 'y')
    const names = async () => {
      await using view = await place.snapshotter.viewSnapshot('key')
      return readdirSync(`/proc/self/fd/${view.fd}`)
    }
    assert.deepEqual(await names(), ['kept', 'new'])
    await place.snapshotter.unmount('key', root)
    assert.deepEqual(await names(), ['kept', 'new'])
    assert.deepEqual(place.mounts(), [])
    await assert.rejects(place.snapshotter.viewSnapshot('nobody'), { code: 'not-found' })
  })

  test('a view can be read on when its snapshot is mounted and unmounted meanwhile', async () => {
    await using place = await TestPlace.open(subject)
    const layer = await place.addLayer([file('a', 'x')])
    await place.snapshotter.prepare('key', [layer])
    await using view = await place.snapshotter.viewSnapshot('key')
    const target = place.makeTarget('key')
    await place.snapshotter.mount('key', target)
    await place.snapshotter.unmount('key', target)
    assert.equal(readFileSync(`/proc/self/fd/${view.fd}/a`, 'utf8'), 'x')
  })
}
