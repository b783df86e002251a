import type { Failpoint } from '@berth/stdx'

/** The steps after which a process may end: of making a layer visible, in the order in which they happen, and of removing it. */
export const snapshotSteps = [
  'snapshot.layer-staged',
  'snapshot.layer-recorded',
  'snapshot.layer-synced',
  'snapshot.layer-cleared',
  'snapshot.layer-renamed',
  'snapshot.layer-published',
  'snapshot.layer-discarded',
  'snapshot.trash-deleted',
] as const

/** For tests of crashes. */
export type SnapshotFailpoint = Failpoint<(typeof snapshotSteps)[number]>
