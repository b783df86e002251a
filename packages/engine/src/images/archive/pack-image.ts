import { parseManifest, type Descriptor, type Digest, type Manifest, type Platform } from '@berth/oci'
import { CodedError } from '@berth/stdx'
import type { PackedImage } from './pack-archive.ts'
import type { ImageContext } from '../image-context.ts'
import type { ImageRecord } from '../store/image-store.ts'
import { choosePlatform, imagesOfIndex, platformOf } from '../platforms/platform-images.ts'
import { imageBlobs } from '../store/record-image.ts'

interface PackOptions {
  tags: readonly string[]
  /** None: all that are here. */
  platforms: readonly Platform[]
}

/** What is to be written of an image: of one for several platforms its index, with those that are chosen below it. */
export async function packImage(
  { content, images }: Pick<ImageContext, 'content' | 'images'>,
  image: ImageRecord,
  { tags, platforms }: PackOptions,
): Promise<PackedImage> {
  const here = imagesOfIndex(images, image)
  const wanted = platforms.map((platform) => choosePlatform(images, image, { name: image.imageId, platform }))
  const isChosen = ({ imageId }: ImageRecord) => wanted.some((one) => one.imageId === imageId)
  const chosen = platforms.length === 0 ? here : here.filter(isChosen)
  const [first = image] = chosen
  const index = images.findIndex(image.imageId)
  const parentId = images.parentOf(first.imageId)
  if (index && chosen.length > 1) {
    const digests = chosen.map(({ manifestDigest }) => manifestDigest)
    const isWanted = (digest: Digest) => platforms.length === 0 || digests.includes(digest)
    return {
      ...(await packIndex(content, index.digest, { tags, first: first.manifestDigest, isWanted })),
      parentId,
    }
  }
  const { descriptor, manifest } = await readManifest(content, first)
  return {
    root: descriptor,
    platform: platformOf(first),
    documents: [descriptor],
    manifests: [manifest],
    tags,
    parentId,
  }
}

async function readManifest(
  content: ImageContext['content'],
  { imageId, manifestDigest: digest }: ImageRecord,
): Promise<{ descriptor: Descriptor; manifest: Manifest }> {
  const bytes = await content.readWhole(digest)
  const manifest = parseManifest(bytes, undefined)
  if (manifest.kind !== 'manifest')
    throw new CodedError('internal', `Cannot save ${imageId}: ${digest} is an index`)
  return { descriptor: { mediaType: manifest.mediaType, digest, size: bytes.length }, manifest }
}

interface IndexOptions {
  tags: readonly string[]
  /** The manifest that Docker's index names. */
  first: Digest
  isWanted: (manifest: Digest) => boolean
}

async function packIndex(
  content: ImageContext['content'],
  digest: Digest,
  { tags, first, isWanted }: IndexOptions,
): Promise<Omit<PackedImage, 'parentId'>> {
  const documents: Descriptor[] = []
  const manifests = new Map<Digest, Manifest>()
  const descend = async (digest: Digest): Promise<void> => {
    if (documents.some((document) => document.digest === digest) || !(await content.findBlob(digest))) return
    const bytes = await content.readWhole(digest)
    const parsed = parseManifest(bytes, undefined)
    if (parsed.kind === 'manifest') {
      if (!isWanted(digest) || !(await isWhole(content, parsed))) return
      manifests.set(digest, parsed)
    }
    documents.push({ mediaType: parsed.mediaType, digest, size: bytes.length })
    if (parsed.kind === 'index') for (const child of parsed.manifests) await descend(child.digest)
  }
  await descend(digest)
  const [root] = documents
  const main = manifests.get(first)
  if (!root || !main) throw new CodedError('data-loss', `Cannot save: index ${digest} is damaged`)
  manifests.delete(first)
  return { root, platform: undefined, documents, manifests: [main, ...manifests.values()], tags }
}

async function isWhole(content: ImageContext['content'], manifest: Manifest): Promise<boolean> {
  const found = await Promise.all(
    imageBlobs({ path: [], manifest }).map((digest) => content.findBlob(digest)),
  )
  return !found.includes(undefined)
}
