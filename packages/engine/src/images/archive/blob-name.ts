import { digestAlgorithm, digestHex, isDigest, type Digest } from '@berth/oci'

/** Where a blob lies in an image layout. */
export const blobName = (digest: Digest): string => `blobs/${digestAlgorithm(digest)}/${digestHex(digest)}`

/** The digest that a clean member name stands for; undefined for any other name. */
export function parseBlobName(name: string): Digest | undefined {
  const [folder, algorithm, hex, ...rest] = name.split('/')
  const digest = `${algorithm}:${hex}`
  return folder === 'blobs' && rest.length === 0 && isDigest(digest) ? digest : undefined
}
