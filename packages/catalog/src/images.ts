import type { Digest } from '@berth/oci'
import type { Listed, Paging, Viewer } from './viewer.ts'

/** What repositories hold, for people: tags with their platforms, images with their layers and history. */
export interface Images {
  listTags(viewer: Viewer, repository: string, options: ListTags): Promise<Listed<Tag>>
  /** Throws `not-found`. */
  getTag(viewer: Viewer, repository: string, tag: string): Promise<Tag>
  /** For who may administer the repository, as the registry deletes. Throws `forbidden` too for a tag that stays as it is. */
  deleteTag(viewer: Viewer, repository: string, tag: string): Promise<void>
  /** One platform's image: its layers and the history that made them. */
  getImage(viewer: Viewer, repository: string, digest: Digest): Promise<Image>
  /** Signatures, bills of materials and other artifacts that name `subject`. */
  listReferrers(viewer: Viewer, repository: string, subject: Digest): Promise<Referrer[]>
}

export interface ListTags extends Paging {
  /** A part of the tag's name. */
  filter?: string
  /** Default: the newest first. */
  ordering?: 'name' | '-name' | 'last_updated' | '-last_updated'
}

export interface Tag {
  name: string
  digest: Digest
  mediaType: string
  /** Compressed, all platforms. */
  sizeBytes: number
  updatedAt: number
  /** Account that pushed it last, as far as it is known. */
  updatedBy: string | undefined
  images: PlatformImage[]
}

export interface PlatformImage {
  digest: Digest
  os: string
  architecture: string
  variant: string | undefined
  /** Compressed: config and layers. */
  sizeBytes: number
}

export interface Image extends PlatformImage {
  mediaType: string
  createdAt: string | undefined
  author: string | undefined
  labels: Readonly<Record<string, string>>
  layers: { digest: Digest; mediaType: string; sizeBytes: number }[]
  history: { createdAt: string | undefined; createdBy: string; comment: string; isEmptyLayer: boolean }[]
}

export interface Referrer {
  digest: Digest
  mediaType: string
  artifactType: string | undefined
  sizeBytes: number
  annotations: Readonly<Record<string, string>>
}
