import type { Failpoint } from '@berth/stdx'

/** The steps of bringing, making and removing images after which a process may end. */
export const imageSteps = [
  'image.lease-created',
  'image.manifests-stored',
  'image.config-stored',
  'image.layer-written',
  'image.layers-stored',
  'image.recorded',
  'image.origins-recorded',
  'image.deleted',
  'image.blobs-collected',
  'image.layers-collected',
] as const

/** For tests of crashes. */
export type ImageFailpoint = Failpoint<(typeof imageSteps)[number]>
