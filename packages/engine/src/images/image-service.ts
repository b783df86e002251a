import { bind } from '../bind.ts'
import { collectGarbage } from './collect-garbage.ts'
import type { ImageContext } from './image-context.ts'
import { imageHistory, inspectImage } from './inspect.ts'
import { listImages } from './list.ts'
import { pullImage } from './pull.ts'
import { removeImage } from './remove.ts'
import { tagImage } from './tag.ts'

/** The image verbs over one context. */
export function imageService(context: ImageContext) {
  return {
    collectGarbage: () => collectGarbage(context),
    history: bind(context, imageHistory),
    inspect: bind(context, inspectImage),
    list: bind(context, listImages),
    pull: bind(context, pullImage),
    remove: bind(context, removeImage),
    tag: bind(context, tagImage),
  }
}

export type ImageService = ReturnType<typeof imageService>
