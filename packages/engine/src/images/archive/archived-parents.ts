import type { HistoryEntry } from '@berth/oci'
import { CodedError } from '@berth/stdx'
import { isDeepStrictEqual } from 'node:util'
import type { CompleteImage } from '../store/record-image.ts'
import type { ArchivedImage } from './archive-images.ts'

/** An image of an archive, with all that it is made of in the store. */
export interface CopiedImage extends ArchivedImage {
  image: CompleteImage
}

type WithParent = Pick<CopiedImage, 'image' | 'parentId'>

/**
 * The images with those parents that are in the archive, too, each after its parent. Throws `invalid-argument` when an image
 * does not go on with the history of its parent by one step.
 */
export function withParents<Image extends WithParent>(images: readonly Image[]): Image[] {
  const byId = new Map(images.map(({ image }) => [image.manifest.config.digest, image]))
  return images
    .map((one) => {
      const parent = one.parentId && byId.get(one.parentId)
      if (parent) checkParent(one, parent)
      return parent ? one : { ...one, parentId: undefined }
    })
    .toSorted((one, other) => stepsOf(one.image).length - stepsOf(other.image).length)
}

function checkParent({ image, parentId }: WithParent, parent: CompleteImage): void {
  const [steps, before] = [stepsOf(image), stepsOf(parent)]
  if (steps.length === before.length + 1 && isDeepStrictEqual(steps.slice(0, -1), before)) return
  throw new CodedError(
    'invalid-argument',
    `Cannot load the archive: ${parentId} is not the parent of ${image.manifest.config.digest}`,
  )
}

const stepsOf = ({ config }: CompleteImage) => (config.history ?? []).map(comparable)

/** Who commits an image writes the steps before his own anew: without what is empty, and the time in another form. */
const comparable = ({ created, created_by, author, comment, empty_layer }: HistoryEntry) => ({
  createdMs: created ? Date.parse(created) : undefined,
  texts: [created_by, author, comment].map((text) => text ?? ''),
  isEmpty: empty_layer ?? false,
})
