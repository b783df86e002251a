import { digestOf, mediaTypes } from '@berth/oci'
import type { NewManifest } from '../metadata/manifest-store.ts'

/** A manifest as tables know it, of nothing but this text. */
export const plainManifest = (text: string, extra: Partial<NewManifest> = {}): NewManifest => ({
  digest: digestOf(text),
  mediaType: mediaTypes.ociManifest,
  sizeBytes: text.length,
  subject: undefined,
  artifactType: undefined,
  annotations: undefined,
  references: { kind: 'blobs', all: [], required: [] },
  ...extra,
})
