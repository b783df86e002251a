import type { ImageManifestSummary } from '@berth/api'
import { parseManifest, type Descriptor, type Digest, type ManifestOrIndex } from '@berth/oci'
import type { ImageContext } from '../image-context.ts'
import type { ImageRecord } from '../store/image-store.ts'
import { imagesOfIndex, platformOf } from './platform-images.ts'
import { imageBlobs } from '../store/record-image.ts'

/** What an image is for each platform of its index, also for those of which nothing is here; an image without one is alone. */
export async function imageManifests(
  context: ImageContext,
  image: ImageRecord,
): Promise<ImageManifestSummary[]> {
  const here = new Map(imagesOfIndex(context.images, image).map((one) => [one.manifestDigest, one]))
  const index = context.images.findIndex(image.imageId)
  const descriptors = index ? await manifestsBelow(context, index.digest) : []
  const named = descriptors.length > 0 ? descriptors : [await describe(context, image)]
  return Promise.all(named.map((descriptor) => summarize(context, descriptor, here.get(descriptor.digest))))
}

async function manifestsBelow({ content }: ImageContext, root: Digest): Promise<Descriptor[]> {
  const found = new Map<Digest, Descriptor>()
  const descend = async (digest: Digest): Promise<void> => {
    if (!(await content.findBlob(digest))) return
    const parsed = await readManifest(content, digest)
    for (const child of parsed.kind === 'index' ? parsed.manifests : []) {
      if (found.has(child.digest)) continue
      found.set(child.digest, child)
      await descend(child.digest)
    }
  }
  await descend(root)
  return [...found.values()].filter(({ platform }) => platform !== undefined)
}

const readManifest = async (content: ImageContext['content'], digest: Digest): Promise<ManifestOrIndex> =>
  parseManifest(await content.readWhole(digest), undefined)

async function describe({ content }: ImageContext, image: ImageRecord): Promise<Descriptor> {
  const { mediaType } = await readManifest(content, image.manifestDigest)
  const size = (await content.findBlob(image.manifestDigest))?.sizeBytes ?? 0
  return { mediaType, digest: image.manifestDigest, size, platform: platformOf(image) }
}

async function summarize(
  context: ImageContext,
  descriptor: Descriptor,
  image: ImageRecord | undefined,
): Promise<ImageManifestSummary> {
  const sizes = await contentSizes(context, descriptor)
  const contentBytes = sizes.reduce((total: number, size) => total + (size ?? 0), 0)
  const unpackedBytes = image?.sizeBytes ?? 0
  const common = {
    ID: descriptor.digest,
    Descriptor: descriptor,
    Available: !sizes.includes(undefined),
    Size: { Total: contentBytes + unpackedBytes, Content: contentBytes },
  }
  const attested = descriptor.annotations?.['vnd.docker.reference.digest']
  if (attested !== undefined) return { ...common, Kind: 'attestation', AttestationData: { For: attested } }
  if (descriptor.platform?.os === 'unknown') return { ...common, Kind: 'unknown' }
  return {
    ...common,
    Kind: 'image',
    ImageData: {
      Platform: descriptor.platform ?? { os: '', architecture: '' },
      Containers: image ? context.containersOf(image.imageId).map(({ id }) => id) : [],
      Size: { Unpacked: unpackedBytes },
    },
  }
}

/** Of each blob below a manifest, and itself; undefined for one that is not here. */
async function contentSizes(
  { content }: ImageContext,
  { digest }: Descriptor,
): Promise<(number | undefined)[]> {
  const own = await content.findBlob(digest)
  if (!own) return [undefined]
  const manifest = await readManifest(content, digest)
  const blobs = manifest.kind === 'manifest' ? imageBlobs({ path: [], manifest }) : []
  const found = await Promise.all(blobs.map((blob) => content.findBlob(blob)))
  return [own.sizeBytes, ...found.map((blob) => blob?.sizeBytes)]
}
