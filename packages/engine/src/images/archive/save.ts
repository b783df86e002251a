import { open, type FileHandle } from 'node:fs/promises'
import { parseReference, type Descriptor, type Platform } from '@berth/oci'
import { CodedError } from '@berth/stdx'
import { packArchive, packedBlobs, type PackedImage } from './pack-archive.ts'
import { familiar } from '../store/familiar-names.ts'
import { getImage } from '../store/find-image.ts'
import type { ImageContext } from '../image-context.ts'
import type { ImageRecord } from '../store/image-store.ts'
import { packImage } from './pack-image.ts'
import { choosePlatform } from '../platforms/platform-images.ts'

export interface SaveImagesOptions {
  /** Of images for several platforms only these are saved; of none of them, all that are here. */
  platforms: readonly Platform[]
}

/** An archive that is about to be sent. Disposing lets go of what it is made of. */
export interface SavedArchive extends AsyncDisposable {
  sizeBytes: number
  /** In order, once. */
  parts: AsyncIterable<Uint8Array | WholeFile>
}

/** All bytes of a file, which is open until the next part is asked for. */
interface WholeFile {
  file: FileHandle
  sizeBytes: number
}

/** Images in one archive. A name without a tag stands for all tags of its repository. */
export async function saveImages(
  context: ImageContext,
  names: readonly string[],
  { platforms }: SaveImagesOptions,
): Promise<SavedArchive> {
  const chosen = chooseImages(context, names, platforms)
  await using held = new AsyncDisposableStack()
  const lease = held.use(await context.content.createLease({ transient: true }))
  const images = await Promise.all(
    [...chosen].map(async ([image, tags]) => {
      const packed = await packImage(context, image, { tags: [...tags].sort(), platforms })
      await lease.add(...packedBlobs(packed).map(({ digest }) => digest))
      return packed
    }),
  )
  await checkBlobs(context, images)
  const parts = [...packArchive(images)]
  const owned = held.move()
  return {
    sizeBytes: parts.reduce((sum, part) => sum + (part instanceof Uint8Array ? part.length : part.size), 0),
    parts: openParts(context, parts, () => {
      for (const [{ imageId }, tags] of chosen)
        context.events.image('save', imageId, { name: [...tags].map(familiar)[0] ?? imageId })
    }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

/** What is missing is told while it can be: an archive that was begun can only be cut off. */
async function checkBlobs({ content }: ImageContext, images: readonly PackedImage[]): Promise<void> {
  for (const { digest, size } of packedBlobs(...images)) {
    const found = await content.findBlob(digest)
    if (!found) throw new CodedError('not-found', `Cannot read blob ${digest}: not in the content store`)
    if (found.sizeBytes !== size)
      throw new CodedError(
        'data-loss',
        `Cannot read blob ${digest}: it has ${found.sizeBytes} of ${size} bytes`,
      )
  }
}

async function* openParts(
  { content }: ImageContext,
  parts: readonly (Uint8Array | Descriptor)[],
  onEnd: () => void,
): AsyncGenerator<Uint8Array | WholeFile> {
  for (const part of parts) {
    if (part instanceof Uint8Array) {
      yield part
      continue
    }
    const path = content.blobPath(part.digest)
    if (path === undefined)
      throw new CodedError('internal', `Cannot save ${part.digest}: the content store has no files`)
    await using file = await open(path, 'r')
    yield { file, sizeBytes: part.size }
  }
  onEnd()
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
