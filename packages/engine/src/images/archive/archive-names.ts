import type { Digest } from '@berth/oci'

/**
 * Names in image archives: OCI image specification, image-layout.md; `manifest.json` is Docker's index, which all its
 * readers look for.
 */
export const archiveNames = {
  layout: 'oci-layout',
  index: 'index.json',
  dockerIndex: 'manifest.json',
} as const

/** Annotations on the descriptors of `index.json`: the whole name, and the tag alone. */
export const nameAnnotations = {
  name: 'io.containerd.image.name',
  tag: 'org.opencontainers.image.ref.name',
} as const

export const layoutDocument = { imageLayoutVersion: '1.0.0' }

/** One image in Docker's index. */
export interface DockerIndexEntry {
  Config: string
  RepoTags: string[] | null
  Layers: string[]
  /** Id of the image that it was committed of, where that is in the archive, too. */
  Parent?: Digest
}
