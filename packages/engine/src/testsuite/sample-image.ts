import { digestOf } from '@berth/oci'
import type { ImageRecord } from '../images/store/image-store.ts'

/** The row of an image without layers; another text is another image. */
export const sampleImage = (text: string, more: Partial<ImageRecord> = {}): ImageRecord => ({
  imageId: digestOf(text),
  manifestDigest: digestOf(`${text} manifest`),
  createdAt: '2026-01-01T00:00:00Z',
  os: 'linux',
  architecture: 'amd64',
  sizeBytes: 1,
  labels: {},
  diffIds: [],
  ...more,
})

/** Of an image that holds nothing. */
export const noContent = { blobs: [], layers: [] }
