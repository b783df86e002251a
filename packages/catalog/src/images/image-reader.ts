import {
  isConfigType,
  parseManifest,
  type Descriptor,
  type Digest,
  type Manifest,
  type OciIndex,
} from '@berth/oci'
import { isCoded, LruCache, Semaphore } from '@berth/stdx'
import type { CatalogContents } from '../catalog.ts'
import type { PlatformImage } from '../images.ts'
import { readFields, textOf, type JsonFields } from './lenient-json.ts'

const configBytesMax = 4 * 1024 * 1024
/** Images of an index that are looked at. */
const platformsMax = 50
const cachedImagesMax = 20_000
const parallelMax = 8

type Contents = Pick<CatalogContents, 'getManifest' | 'readBlob'>

/** Reads which images a manifest or an index has. What a digest names never changes, so it is read once. */
export class ImageReader {
  readonly #contents: Contents
  readonly #turns = new Semaphore(parallelMax)
  readonly #known = new LruCache<string, PlatformImage[]>(cachedImagesMax)

  constructor(contents: Contents) {
    this.#contents = contents
  }

  /** An index's images but for its attestations; one for an image; none for what is no image. Throws `not-found`. */
  async listImages(repository: string, digest: Digest): Promise<PlatformImage[]> {
    // By repository: a digest of another one is not to be learned of through the cache.
    const key = `${repository}@${digest}`
    const known = this.#known.get(key)
    if (known) return known
    const images = await this.#turns.run(() => this.#readImages(repository, digest))
    this.#known.set(key, images)
    return images
  }

  /** A manifest or an index; undefined when it cannot be understood. Throws `not-found`. */
  async getManifest(repository: string, digest: Digest): Promise<Manifest | OciIndex | undefined> {
    const { bytes, mediaType } = await this.#contents.getManifest(repository, { digest })
    try {
      return parseManifest(bytes, mediaType)
    } catch (error) {
      if (isCoded(error, 'invalid-argument', 'not-implemented')) return undefined
      throw error
    }
  }

  /** The fields of an image's config; none when it is no image config, too large, gone or nonsense. */
  async readConfig(repository: string, { config }: Manifest): Promise<JsonFields> {
    if (!isConfigType(config.mediaType)) return {}
    try {
      return readFields(await this.#contents.readBlob(repository, config.digest, configBytesMax))
    } catch (error) {
      if (isCoded(error, 'not-found', 'invalid-argument')) return {}
      throw error
    }
  }

  async #readImages(repository: string, digest: Digest): Promise<PlatformImage[]> {
    const manifest = await this.getManifest(repository, digest)
    if (!manifest) return []
    if ('layers' in manifest) return this.#readImage(repository, digest, manifest)
    const images = []
    for (const descriptor of manifest.manifests.filter(isImage).slice(0, platformsMax))
      images.push(...(await this.#readListed(repository, descriptor)))
    return images
  }

  async #readImage(repository: string, digest: Digest, manifest: Manifest): Promise<PlatformImage[]> {
    if (!isConfigType(manifest.config.mediaType)) return []
    return [platformImage(digest, await this.readConfig(repository, manifest), imageSize(manifest))]
  }

  /** The index says which platform it is; how large is in the manifest, which may not be here. */
  async #readListed(repository: string, { digest, platform, size }: Descriptor): Promise<PlatformImage[]> {
    const manifest = await this.getManifest(repository, digest).catch((error: unknown) => {
      if (isCoded(error, 'not-found')) return undefined
      throw error
    })
    const isReadable = manifest !== undefined && 'layers' in manifest
    if (platform) return [platformImage(digest, { ...platform }, isReadable ? imageSize(manifest) : size)]
    return isReadable ? this.#readImage(repository, digest, manifest) : []
  }
}

export function imageSize({ config, layers }: Manifest): number {
  return Math.min(
    [config, ...layers].reduce((total, { size }) => total + size, 0),
    Number.MAX_SAFE_INTEGER,
  )
}

export function platformImage(digest: Digest, fields: JsonFields, sizeBytes: number): PlatformImage {
  return {
    digest,
    os: textOf(fields['os']) ?? '',
    architecture: textOf(fields['architecture']) ?? '',
    variant: textOf(fields['variant']),
    sizeBytes,
  }
}

/** BuildKit writes attestations beside the images, as images of no platform. */
function isImage({ platform, annotations }: Descriptor): boolean {
  const isUnknown = platform?.os === 'unknown' && platform.architecture === 'unknown'
  return !isUnknown && annotations?.['vnd.docker.reference.type'] !== 'attestation-manifest'
}
