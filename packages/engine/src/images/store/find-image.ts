import {
  familiarReference,
  formatReference,
  parseReference,
  withDefaultTag,
  type Digest,
  type Reference,
} from '@berth/oci'
import { CodedError } from '@berth/stdx'
import type { ImageRecord, ImageStore } from './image-store.ts'

/** How a name found its image: a removal by tag unties the tag, one by id removes the image. */
export interface FoundImage {
  image: ImageRecord
  by: { kind: 'id' } | { kind: 'tag'; reference: Reference } | { kind: 'digest'; reference: Reference }
}

/** An image by reference, by digest or by id or its unique prefix; throws `not-found`. Names win over ids. */
export function getImage(images: ImageStore, name: string): FoundImage {
  const found = byReference(images, name) ?? byId(images, name)
  if (found) return found
  throw new CodedError('not-found', `No such image: ${describe(name)}`)
}

function byReference(images: ImageStore, name: string): FoundImage | undefined {
  const reference = tryParse(name)
  if (!reference) return undefined
  if (reference.digest) {
    const imageId = images.findByDigest(`${reference.registry}/${reference.repository}`, reference.digest)
    return found(images, imageId, { kind: 'digest', reference })
  }
  const tagged = withDefaultTag(reference)
  return found(images, images.findByTag(formatReference(tagged)), { kind: 'tag', reference: tagged })
}

function byId(images: ImageStore, name: string): FoundImage | undefined {
  const hex = name.startsWith('sha256:') ? name.slice(7) : name
  if (!/^[a-f0-9]{1,64}$/.test(hex)) return undefined
  const [first, second] = images.findByPrefix(hex)
  if (second !== undefined)
    throw new CodedError('not-found', `No such image: ${name}`, {
      hint: 'The id is ambiguous: write more of it.',
    })
  return found(images, first, { kind: 'id' })
}

function found(
  images: ImageStore,
  imageId: Digest | undefined,
  by: FoundImage['by'],
): FoundImage | undefined {
  const image = imageId && images.find(imageId)
  return image && { image, by }
}

function tryParse(name: string): Reference | undefined {
  const isId = name.startsWith('sha256:') || /^[a-f0-9]{64}$/.test(name)
  return isId ? undefined : parseReference(name)
}

/** Docker names what it looked for with the tag it added. */
function describe(name: string): string {
  const reference = tryParse(name)
  return reference ? familiarReference(withDefaultTag(reference)) : name
}
