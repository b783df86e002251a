import { isDigest, parseDigest, type Digest } from '@berth/oci'
import { isCoded } from '@berth/stdx'
import { RegistryError } from '../registry-error.ts'

/** Distribution specification, "Pulling manifests": the grammar of `<name>` and of a tag. */
const repositoryPattern =
  /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/
const tagPattern = /^\w[\w.-]{0,127}$/
/** Host and name together are limited to 255 by the field's clients; a name alone can use it all. */
const repositoryLengthMax = 255

/** Returns `text` when it can name a repository; throws NAME_INVALID. */
export function parseRepository(text: string): string {
  // The length first: the pattern is only run on short text.
  if (text.length <= repositoryLengthMax && repositoryPattern.test(text)) return text
  throw new RegistryError('NAME_INVALID', { detail: { name: text.slice(0, repositoryLengthMax) } })
}

export function parseTag(text: string): string {
  if (tagPattern.test(text)) return text
  throw new RegistryError('TAG_INVALID', { detail: { tag: text.slice(0, 128) } })
}

/** As `parseDigest` of the OCI package, refused as DIGEST_INVALID. */
export function parseBlobDigest(text: string): Digest {
  try {
    return parseDigest(text)
  } catch (error) {
    if (!isCoded(error)) throw error
    throw new RegistryError('DIGEST_INVALID', { message: 'invalid digest', cause: error })
  }
}

/** What a manifest is asked for by: a digest when it has a colon (no tag can), else a tag. */
export type ManifestReference = { digest: Digest } | { tag: string }

export function parseManifestReference(text: string): ManifestReference {
  if (isDigest(text)) return { digest: text }
  return text.includes(':') ? { digest: parseBlobDigest(text) } : { tag: parseTag(text) }
}
