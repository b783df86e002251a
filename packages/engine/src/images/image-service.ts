import { bind } from '../bind.ts'
import { collectGarbage } from './content/collect-garbage.ts'
import type { ImageContext } from './image-context.ts'
import { importImage } from './archive/import.ts'
import { imageHistory, inspectImage } from './inspect.ts'
import { listImages, listImagesWithManifests } from './list.ts'
import { loadImages } from './archive/load.ts'
import { pruneImages } from './prune.ts'
import { pullImages } from './pull/pull-images.ts'
import { pushImage } from './push/push.ts'
import { removeImage } from './remove.ts'
import { saveImages } from './archive/save.ts'
import { tagImage } from './tag.ts'

/** The image verbs over one context. */
export function imageService(context: ImageContext) {
  return {
    collectGarbage: () => collectGarbage(context),
    history: bind(context, imageHistory),
    import: bind(context, importImage),
    inspect: bind(context, inspectImage),
    list: bind(context, listImages),
    listWithManifests: bind(context, listImagesWithManifests),
    load: bind(context, loadImages),
    prune: bind(context, pruneImages),
    pull: bind(context, pullImages),
    push: bind(context, pushImage),
    remove: bind(context, removeImage),
    save: bind(context, saveImages),
    tag: bind(context, tagImage),
  }
}

export type ImageService = ReturnType<typeof imageService>
