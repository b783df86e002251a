import type { Digest } from './digest.ts'
import type { Platform } from './platform.ts'

/** The way to point at content: OCI image specification, descriptor.md. */
export interface Descriptor {
  mediaType: string
  digest: Digest
  /** Bytes. */
  size: number
  urls?: string[]
  annotations?: Record<string, string>
  /** Base64 of the content itself, for small content. */
  data?: string
  artifactType?: string
  platform?: Platform
}
