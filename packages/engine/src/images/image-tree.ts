import type { Digest } from '@berth/oci'
import type { ImageContext } from './image-context.ts'
import { usersOf } from './platforms/platform-images.ts'
import type { ImageRecord, ImageStore } from './store/image-store.ts'

/** An image, and what goes with it: members of its index that nothing else holds. */
const withOwnMembers = (images: ImageStore, imageId: Digest): Digest[] => [
  imageId,
  ...images.ownMembers(imageId),
]

/** Images that were made of containers of this one. */
export const childrenOf = (images: ImageStore, { imageId }: Pick<ImageRecord, 'imageId'>): Digest[] =>
  withOwnMembers(images, imageId).flatMap((id) => images.childrenOf(id))

/** True of an image without a name that is there only for those that were made of it. */
export function isIntermediate(images: ImageStore, image: ImageRecord): boolean {
  const { tags, digests } = images.namesOf(image.imageId)
  return tags.length + digests.length === 0 && childrenOf(images, image).length > 0
}

/** The image and all that were made of it, and of those. */
export const withDescendants = (images: ImageStore, { imageId }: Pick<ImageRecord, 'imageId'>): Digest[] => [
  imageId,
  ...images.childrenOf(imageId).flatMap((child) => withDescendants(images, { imageId: child })),
]

/** What an image that goes was made of, nearest first, as far as it has no name and nothing else needs it. */
export function unneededAncestors(
  context: Pick<ImageContext, 'images' | 'containersOf'>,
  image: ImageRecord,
): ImageRecord[] {
  const { images } = context
  const found: ImageRecord[] = []
  const gone = new Set(withOwnMembers(images, image.imageId))
  for (let child = image; ;) {
    const parentId = images.parentOf(child.imageId)
    const parent = parentId && images.find(parentId)
    if (!parent || !isIntermediate(images, parent) || images.isMember(parent.imageId)) return found
    if (usersOf(context, parent).length > 0) return found
    if (childrenOf(images, parent).some((id) => !gone.has(id))) return found
    found.push(parent)
    gone.add(parent.imageId)
    child = parent
  }
}
