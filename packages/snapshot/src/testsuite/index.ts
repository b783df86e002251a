import { describe } from 'node:test'
import { testCrashes } from './crashes.ts'
import { testLayers } from './layers.ts'
import { testMounts } from './mounts.ts'
import { testRemoval } from './removal.ts'
import { testViews } from './views.ts'
import { testSnapshots } from './snapshots.ts'
import type { SnapshotterUnderTest } from './test-place.ts'

export { writeTreeLayer } from './layer-entry.ts'
export type { LayerEntry } from './layer-entry.ts'
export type { SnapshotterUnderTest } from './test-place.ts'

/** What every snapshotter must do, as tests of `node:test`. Needs root. */
export function testSnapshotter(name: string, subject: SnapshotterUnderTest): void {
  describe(`snapshotter ${name}`, () => {
    testLayers(subject)
    testSnapshots(subject)
    testMounts(subject)
    testViews(subject)
    testRemoval(subject)
    testCrashes(subject)
  })
}
