import assert from 'node:assert/strict'
import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { TestPlace, type SnapshotterUnderTest } from './test-place.ts'

/** More levels than a path has room for, as a container makes them: from the inside out. */
function makeDeepTree(directory: string, levels: number): void {
  const [inner, outer] = [join(directory, 'inner'), join(directory, 'outer')]
  mkdirSync(inner)
  for (let level = 0; level < levels; level++) {
    mkdirSync(outer)
    renameSync(inner, join(outer, 'd'.repeat(100)))
    renameSync(outer, inner)
  }
}

export function testRemoval(subject: SnapshotterUnderTest): void {
  test('remove() refuses while mounted, then removes, and can be repeated', async () => {
    await using place = await TestPlace.open(subject)
    const root = await place.mount('a', [])
    const upper = (await place.snapshotter.findSnapshot('a'))?.upper ?? ''
    await assert.rejects(place.snapshotter.remove('a'), { code: 'failed-precondition' })
    await place.snapshotter.unmount('a', root)
    await place.snapshotter.remove('a')
    await place.snapshotter.remove('a')
    assert.equal(await place.snapshotter.findSnapshot('a'), undefined)
    assert.equal(existsSync(upper), false)
    await place.reopen()
    assert.equal(await place.snapshotter.findSnapshot('a'), undefined)
    await place.snapshotter.prepare('a', [])
  })

  test('remove() deletes names that are no text, links and trees deeper than a path', async () => {
    await using place = await TestPlace.open(subject)
    const outside = join(place.root, 'outside')
    writeFileSync(outside, 'stays')
    const root = await place.mount('a', [])
    writeFileSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0xff, 0xfe])]), 'x')
    mkdirSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0xff, 0xfd])]))
    symlinkSync(outside, join(root, 'link'))
    symlinkSync(place.root, join(root, 'directory-link'))
    makeDeepTree(root, 60)
    assert.ok((await place.snapshotter.usage('a')).inodes > 40)
    await place.snapshotter.unmount('a', root)
    await place.snapshotter.remove('a')
    await place.emptyTrash()
    assert.ok(existsSync(outside))
    assert.deepEqual(place.warnings, [])
  })

  test('what was removed is deleted by the next process when this one ends', async () => {
    await using place = await TestPlace.open(subject)
    await place.snapshotter.prepare('a', [])
    const upper = (await place.snapshotter.findSnapshot('a'))?.upper ?? ''
    for (let n = 0; n < 300; n++) writeFileSync(join(upper, String(n)), '')
    await place.snapshotter.remove('a')
    await place.snapshotter[Symbol.asyncDispose]()
    await place.reopen()
    await place.emptyTrash()
    assert.deepEqual(place.warnings, [])
    rmSync(join(place.directory, 'trash'), { recursive: true })
  })
}
