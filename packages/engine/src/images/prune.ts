import { booleanFilter, type Filters, type ImageDeleteItem, type ImagePruneResponse } from '@berth/api'
import { pruneFilter } from '../prune-filter.ts'
import { collectGarbage } from './content/collect-garbage.ts'
import type { ImageContext } from './image-context.ts'
import { childrenOf, isIntermediate } from './image-tree.ts'
import { usersOf } from './platforms/platform-images.ts'
import { removeWholly, untagWholly } from './remove.ts'
import type { ImageRecord } from './store/image-store.ts'

/**
 * Removes images that no container was made of: those without a tag, with `dangling=false` all of them. What others were
 * made of loses its names, and goes with the last of them.
 */
export async function pruneImages(context: ImageContext, filters: Filters): Promise<ImagePruneResponse> {
  const isLetGo = pruneFilter(filters)
  const isForDangling = booleanFilter(filters, 'dangling') ?? true
  const unused = context.images.list().filter((image) => {
    if (!isLetGo(image) || usersOf(context, image).length > 0) return false
    return isForDangling ? isDangling(context, image) : !isIntermediate(context.images, image)
  })
  const ImagesDeleted = unused.flatMap((image) => pruneImage(context, image))
  const SpaceReclaimed = await collectGarbage(context)
  context.events.image('prune', '', { reclaimed: String(SpaceReclaimed) })
  return { ImagesDeleted: ImagesDeleted.length > 0 ? ImagesDeleted : null, SpaceReclaimed }
}

const isDangling = ({ images }: ImageContext, image: ImageRecord): boolean =>
  images.namesOf(image.imageId).tags.length === 0 && childrenOf(images, image).length === 0

function pruneImage(context: ImageContext, image: ImageRecord): ImageDeleteItem[] {
  const isGone = context.images.find(image.imageId) === undefined
  if (isGone) return []
  return childrenOf(context.images, image).length > 0
    ? untagWholly(context, image)
    : removeWholly(context, image, { prunes: true })
}
