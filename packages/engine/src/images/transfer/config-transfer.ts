import type { ContentStore } from '@berth/content'
import {
  familiarReference,
  parseImageConfig,
  verified,
  type Descriptor,
  type Digest,
  type ImageConfig,
  type Reference,
} from '@berth/oci'
import type { Credentials, RegistryClient } from '@berth/registry-client'
import { CodedError, LruCache, readBounded } from '@berth/stdx'
import { despiteMirrors } from './despite-mirrors.ts'
import { SharedWork } from './shared-work.ts'

const configBytesMax = 16 * 1024 * 1024
/** Of configs that were read last; most have a few kilobytes. */
const rememberedBytesMax = 256 * 1024

export interface ConfigRequest {
  reference: Reference
  descriptor: Descriptor
  credentials: Credentials | undefined
  signal: AbortSignal
}

/**
 * Image configs: reads them, and brings them from registries into the content store, each once however many pulls want
 * it. Every one of these pulls has the blob in its own lease before it asks.
 */
export class ConfigTransfer {
  readonly #content: ContentStore
  readonly #registry: RegistryClient
  readonly #work = new SharedWork<never, Uint8Array>()
  readonly #remembered = new LruCache<Digest, Uint8Array>(rememberedBytesMax)

  constructor({ content, registry }: { content: ContentStore; registry: RegistryClient }) {
    this.#content = content
    this.#registry = registry
  }

  /** The config of an image that is here, as it was pulled. */
  async read(imageId: Digest): Promise<ImageConfig> {
    const bytes = this.#remembered.get(imageId) ?? (await this.#content.readWhole(imageId, configBytesMax))
    this.#remembered.set(imageId, bytes)
    return parseImageConfig(bytes)
  }

  async fetch(request: ConfigRequest): Promise<Uint8Array> {
    const { descriptor, reference, signal } = request
    if (descriptor.size > configBytesMax) {
      throw new CodedError(
        'invalid-argument',
        `Cannot pull ${familiarReference(reference)}: its config has ${descriptor.size} bytes, at most ${configBytesMax} are accepted`,
      )
    }
    const start = (_emit: unknown, jobSignal: AbortSignal) =>
      this.#transfer({ ...request, signal: jobSignal })
    return this.#work.join(descriptor.digest, start, { signal, onEvent: () => undefined })
  }

  async #transfer({ reference, descriptor, credentials, signal }: ConfigRequest): Promise<Uint8Array> {
    if (await this.#content.findBlob(descriptor.digest))
      return this.#content.readWhole(descriptor.digest, configBytesMax)
    const registry = this.#registry
    const bytes = await despiteMirrors({ registry, reference, signal }, async ({ withoutMirrors }) => {
      const call = { signal, withoutMirrors, ...(credentials ? { credentials } : {}) }
      const body = registry.fetchBlob(reference, descriptor, call)
      return await readBounded(verified(body, descriptor), configBytesMax, 'image config')
    })
    await this.#content.writeBlob(bytes, descriptor)
    return bytes
  }
}
