import type { JsonMessage, PushResult } from '@berth/api'
import { familiarName, familiarReference, formatReference, type Reference } from '@berth/oci'
import { CodedError } from '@berth/stdx'
import type { ImageContext } from '../image-context.ts'
import type { ImageRecord } from '../store/image-store.ts'
import { findRawImage } from './layer-compression.ts'
import type { PushOptions } from './push-options.ts'
import { manifestsOf } from './pushed-graph.ts'
import { blobsOf, sendRaw, sendStored, type Pushed } from './send-image.ts'

/** Pushes a tag, or all tags of a repository when the reference has none. Whatever fails ends the sequence. */
export async function* pushImage(
  context: ImageContext,
  reference: Reference,
  options: PushOptions,
): AsyncGenerator<JsonMessage> {
  yield { status: `The push refers to repository [${reference.registry}/${reference.repository}]` }
  for (const tagged of taggedReferences(context, reference)) yield* pushTag(context, tagged, options)
}

/** In the order of their names. */
function taggedReferences({ images }: ImageContext, reference: Reference): Reference[] {
  const prefix = `${reference.registry}/${reference.repository}:`
  const tags = [...images.allNames().values()]
    .flatMap((names) => names.tags)
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length))
    .sort()
  if (tags.length === 0)
    throw new CodedError(
      'not-found',
      `An image does not exist locally with the tag: ${familiarName(reference)}`,
      { hint: 'Give an image this name first: berth tag IMAGE NAME.' },
    )
  if (reference.tag === undefined) return tags.map((tag) => ({ ...reference, tag }))
  if (tags.includes(reference.tag)) return [reference]
  throw new CodedError('not-found', `tag does not exist: ${familiarReference(reference)}`)
}

async function* pushTag(
  context: ImageContext,
  reference: Reference,
  options: PushOptions,
): AsyncGenerator<JsonMessage> {
  const image = getTagged(context, reference)
  const raw = await findRawImage(context, image)
  const request = { reference, options, name: familiarReference(reference) }
  const pushed = yield* raw ? sendRaw(context, raw, request) : sendStored(context, image, request)
  await recordPushed(context, pushed, reference)
  const { descriptor } = pushed.graph.root
  yield { status: `${reference.tag}: digest: ${descriptor.digest} size: ${descriptor.size}` }
  const aux: PushResult = { Tag: reference.tag ?? '', Digest: descriptor.digest, Size: descriptor.size }
  yield { progressDetail: {}, aux }
}

function getTagged({ images }: ImageContext, reference: Reference): ImageRecord {
  const imageId = images.findByTag(formatReference(reference))
  const image = imageId && images.find(imageId)
  if (image) return image
  throw new CodedError('not-found', `tag does not exist: ${familiarReference(reference)}`)
}

/** From now on the repository is known to have the image, under this digest, and its blobs. */
async function recordPushed(
  { content, events, images }: ImageContext,
  { image, graph }: Pushed,
  reference: Reference,
): Promise<void> {
  const repository = `${reference.registry}/${reference.repository}`
  await content.addOrigin(blobsOf(manifestsOf(graph)), repository)
  images.addDigest(`${repository}@${graph.root.descriptor.digest}`, image.imageId)
  events.image('push', familiarReference(reference), { name: familiarName(reference) })
}
