import { familiarReference, formatReference, parseReference, withDefaultTag } from '@berth/oci'
import { CodedError } from '@berth/stdx'
import { getImage } from './store/find-image.ts'
import type { ImageContext } from './image-context.ts'

/** Gives an image another name; nothing is copied. */
export function tagImage(context: ImageContext, source: string, target: string): void {
  const { image } = getImage(context.images, source)
  const reference = withDefaultTag(parseReference(target))
  if (reference.digest)
    throw new CodedError('invalid-argument', 'refusing to create a tag with a digest reference')
  const name = familiarReference(reference)
  if (name.startsWith('sha256:')) {
    throw new CodedError(
      'invalid-argument',
      'refusing to create an ambiguous tag using digest algorithm as name',
    )
  }
  context.images.setTag(formatReference(reference), image.imageId)
  context.events.image('tag', image.imageId, { name })
}
