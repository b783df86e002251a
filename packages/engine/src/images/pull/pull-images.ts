import type { JsonMessage } from '@berth/api'
import { familiarReference, type Reference } from '@berth/oci'
import type { ImageContext } from '../image-context.ts'
import { pullImage, type PullOptions } from './pull.ts'

/**
 * Pulls what a reference names; one without tag and digest names every tag of its repository. The last word is on all of
 * them, as in Docker.
 */
export async function* pullImages(
  context: ImageContext,
  reference: Reference,
  options: PullOptions,
): AsyncGenerator<JsonMessage> {
  let isNew = false
  for (const one of await namedImages(context, reference, options))
    isNew = (yield* pullImage(context, one, options)) || isNew
  const name = familiarReference(reference)
  yield {
    status: isNew ? `Status: Downloaded newer image for ${name}` : `Status: Image is up to date for ${name}`,
  }
}

async function namedImages(
  { registry }: ImageContext,
  reference: Reference,
  { credentials, signal }: PullOptions,
): Promise<Reference[]> {
  if (reference.tag !== undefined || reference.digest !== undefined) return [reference]
  const tags = await registry.listTags(reference, { signal, ...(credentials ? { credentials } : {}) })
  return tags.map((tag) => ({ ...reference, tag }))
}
