import type { Failpoint } from '@berth/stdx'

/** The steps of a write after which a process may end; in the order in which they happen. */
export const writeSteps = [
  'content.ingest-opened',
  'content.chunk-written',
  'content.data-synced',
  'content.data-renamed',
  'content.directory-synced',
  'content.lease-recorded',
  'content.ingest-removed',
] as const

/** Every step after which a process may end: those of a write, and those of a deletion. */
export const contentSteps = [...writeSteps, 'content.origins-deleted', 'content.blob-deleted'] as const

type ContentStep = (typeof contentSteps)[number]

/** For tests of crashes and full disks. */
export type ContentFailpoint = Failpoint<ContentStep>
