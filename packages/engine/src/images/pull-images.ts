import type { JsonMessage } from '@berth/api'
import type { Reference } from '@berth/oci'
import type { ImageContext } from './image-context.ts'
import { pullImage, type PullOptions } from './pull.ts'

/** Pulls what a reference names; one without tag and digest names every tag of its repository. */
export async function* pullImages(
  context: ImageContext,
  reference: Reference,
  options: PullOptions,
): AsyncGenerator<JsonMessage> {
  if (reference.tag !== undefined || reference.digest !== undefined)
    return yield* pullImage(context, reference, options)
  const { credentials, signal } = options
  const tags = await context.registry.listTags(reference, { signal, ...(credentials ? { credentials } : {}) })
  for (const tag of tags) yield* pullImage(context, { ...reference, tag }, options)
}
