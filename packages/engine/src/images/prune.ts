import { booleanFilter, type Filters, type ImagePruneResponse } from '@berth/api'
import { pruneFilter } from '../prune-filter.ts'
import { collectGarbage } from './content/collect-garbage.ts'
import type { ImageContext } from './image-context.ts'
import { usersOf } from './platforms/platform-images.ts'
import { removeWholly } from './remove.ts'

/** Removes images that no container was made of: those without a name, with `dangling=false` all of them. */
export async function pruneImages(context: ImageContext, filters: Filters): Promise<ImagePruneResponse> {
  const isLetGo = pruneFilter(filters)
  const isForDangling = booleanFilter(filters, 'dangling') ?? true
  const names = context.images.allNames()
  const unused = context.images.list().filter((image) => {
    if (!isLetGo(image) || usersOf(context, image).length > 0) return false
    return !isForDangling || (names.get(image.imageId)?.tags.length ?? 0) === 0
  })
  const ImagesDeleted = unused.flatMap((image) => removeWholly(context, image))
  const SpaceReclaimed = await collectGarbage(context)
  context.events.image('prune', '', { reclaimed: String(SpaceReclaimed) })
  return { ImagesDeleted: ImagesDeleted.length > 0 ? ImagesDeleted : null, SpaceReclaimed }
}
