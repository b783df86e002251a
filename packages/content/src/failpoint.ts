/** The steps of a write after which a process may end; in the order in which they happen. */
export const contentSteps = [
  'ingest-opened',
  'chunk-written',
  'data-synced',
  'data-renamed',
  'directory-synced',
  'lease-recorded',
  'ingest-removed',
] as const

export type ContentStep = (typeof contentSteps)[number]

/** Called after each step; what it throws is what the step would have thrown. For tests of crashes and full disks. */
export type Failpoint = (step: ContentStep) => void | Promise<void>
