import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { packTar, type TarMember } from '@berth/layer'
import { digestHex, mediaTypes, type Digest } from '@berth/oci'
import type { BuiltImage } from '../../fixtures/images.ts'

/** Writes an archive of members, in their order. */
export async function writeArchive(path: string, members: readonly TarMember[]): Promise<string> {
  await pipeline(Readable.from(packTar(members)), createWriteStream(path))
  return path
}

const json = (name: string, value: unknown): TarMember => ({ name, body: JSON.stringify(value) })
const blob = (digest: Digest, body: Uint8Array): TarMember => ({
  name: `blobs/sha256/${digestHex(digest)}`,
  body,
})

/** The blobs of an image as an OCI layout has them. */
export const layoutBlobs = (image: BuiltImage): TarMember[] => [
  blob(image.descriptor.digest, image.manifest),
  blob(image.imageId, image.blobs[0] ?? Buffer.alloc(0)),
  ...image.layers.map(({ descriptor, bytes }) => blob(descriptor.digest, bytes)),
]

/** The documents of an OCI layout that points at `manifests`. */
export const layoutDocuments = (manifests: readonly object[]): TarMember[] => [
  json('oci-layout', { imageLayoutVersion: '1.0.0' }),
  json('index.json', { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests }),
]

/** An image as engines before OCI's layout saved it: a folder a layer, the archive uncompressed in it. */
export function dockerArchive(image: BuiltImage, tags: readonly string[] | null): TarMember[] {
  const folders = image.layers.map((_, index) => `layer-${index}`)
  const config = `${digestHex(image.imageId)}.json`
  return [
    ...image.layers.flatMap(({ tar }, index): TarMember[] => [
      { name: `${folders[index]}/`, type: 'directory' },
      json(`${folders[index]}/VERSION`, '1.0'),
      json(`${folders[index]}/json`, { id: folders[index] }),
      { name: `${folders[index]}/layer.tar`, body: tar },
    ]),
    { name: config, body: image.blobs[0] ?? Buffer.alloc(0) },
    json('manifest.json', [
      { Config: config, RepoTags: tags, Layers: folders.map((folder) => `${folder}/layer.tar`) },
    ]),
  ]
}
