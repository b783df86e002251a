import { parseReference, type Platform } from '@berth/oci'
import { packArchive, packedBlobs } from './archive/pack-archive.ts'
import { getImage } from './find-image.ts'
import type { ImageContext } from './image-context.ts'
import type { ImageRecord } from './image-store.ts'
import { familiar } from './familiar-names.ts'
import { packImage } from './pack-image.ts'
import { choosePlatform } from './platform-images.ts'

export interface SaveImagesOptions {
  /** Of images for several platforms only these are saved; of none of them, all that are here. */
  platforms: readonly Platform[]
  signal: AbortSignal
}

/** Images in one archive, as a stream. A name without a tag stands for all tags of its repository. */
export async function* saveImages(
  context: ImageContext,
  names: readonly string[],
  { platforms, signal }: SaveImagesOptions,
): AsyncGenerator<Uint8Array> {
  const chosen = chooseImages(context, names, platforms)
  await using lease = await context.content.createLease({ transient: true })
  const images = await Promise.all(
    [...chosen].map(async ([image, tags]) => {
      const packed = await packImage(context, image, { tags: [...tags].sort(), platforms })
      await lease.add(...packedBlobs(packed).map(({ digest }) => digest))
      return packed
    }),
  )
  yield* packArchive(images, (digest) => context.content.readBlob(digest, { signal }))
  for (const [{ imageId }, tags] of chosen)
    context.events.image('save', imageId, { name: [...tags].map(familiar)[0] ?? imageId })
}

/** Images in the order in which they are named first, each with the tags that were asked for. */
function chooseImages(
  context: ImageContext,
  names: readonly string[],
  platforms: readonly Platform[],
): Map<ImageRecord, Set<string>> {
  const chosen = new Map<string, { image: ImageRecord; tags: Set<string> }>()
  const found = names.flatMap((name) => findNamed(context, name).map((one) => ({ ...one, name })))
  for (const { image, tag, name } of found) {
    for (const platform of platforms) choosePlatform(context.images, image, { name, platform })
    const entry = chosen.get(image.imageId) ?? { image, tags: new Set() }
    if (tag !== undefined) entry.tags.add(tag)
    chosen.set(image.imageId, entry)
  }
  return new Map([...chosen.values()].map(({ image, tags }) => [image, tags]))
}

function findNamed(context: ImageContext, name: string): { image: ImageRecord; tag?: string }[] {
  const whole = repositoryOf(name)
  if (whole !== undefined) {
    const tagged = context.images.list().flatMap((image) => {
      const tags = context.images.namesOf(image.imageId).tags.filter((tag) => tag.startsWith(`${whole}:`))
      return tags.map((tag) => ({ image, tag }))
    })
    if (tagged.length > 0) return tagged.sort((a, b) => (a.tag < b.tag ? -1 : 1))
  }
  const { image, by } = getImage(context.images, name)
  return by.kind === 'tag' ? [{ image, tag: tagOf(by.reference) }] : [{ image }]
}

const tagOf = ({
  registry,
  repository,
  tag,
}: {
  registry: string
  repository: string
  tag?: string
}): string => `${registry}/${repository}:${tag}`

/** `registry/repository` of a name that says neither tag nor digest; undefined for any other, and for what can only be an id. */
function repositoryOf(name: string): string | undefined {
  if (name.startsWith('sha256:') || /^[a-f0-9]{64}$/.test(name)) return undefined
  const { registry, repository, tag, digest } = parseReference(name)
  return tag === undefined && digest === undefined ? `${registry}/${repository}` : undefined
}
