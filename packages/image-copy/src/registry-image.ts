import type { Reference } from '@berth/oci'
import type { Credentials, RegistryClient } from '@berth/registry-client'
import type { ImageSource } from './image-source.ts'
import type { ImageTarget } from './image-target.ts'

export interface RegistryImageOptions {
  registry: RegistryClient
  /** For the registry of the reference; else the client's own lookup is asked. */
  credentials?: Credentials | undefined
}

const callOptions = (credentials: Credentials | undefined, signal: AbortSignal | undefined) => ({
  ...(credentials ? { credentials } : {}),
  ...(signal ? { signal } : {}),
})

/** An image in a registry. */
export function registrySource(
  reference: Reference,
  { registry, credentials }: RegistryImageOptions,
): ImageSource {
  return {
    origin: `${reference.registry}/${reference.repository}`,
    readRoot: async (signal) => await registry.fetchManifest(reference, callOptions(credentials, signal)),
    async readDocument({ digest }, signal) {
      const fetched = await registry.fetchManifest(reference, { digest, ...callOptions(credentials, signal) })
      return fetched.bytes
    },
    readBlob: (descriptor, { start, signal }) =>
      registry.fetchBlob(reference, descriptor, { start, ...callOptions(credentials, signal) }),
    async [Symbol.asyncDispose]() {},
  }
}

/** A tag in a registry, or with a digest in the reference the digest alone. */
export function registryTarget(
  reference: Reference,
  { registry, credentials }: RegistryImageOptions,
): ImageTarget {
  const { tag: _, ...untagged } = reference
  const prefix = `${reference.registry}/`
  return {
    async writeBlob({ descriptor, open, origin }, { signal, onProgress }) {
      const isMountable = origin?.startsWith(prefix) === true && origin !== prefix + reference.repository
      const origins = isMountable && origin ? [origin.slice(prefix.length)] : []
      const pushed = await registry.pushBlob(
        reference,
        { descriptor, open },
        { origins, onProgress, ...callOptions(credentials, signal) },
      )
      return pushed.how !== 'existed'
    },
    writeDocument: async (document, signal) =>
      await registry.pushManifest(untagged, document, callOptions(credentials, signal)),
    writeRoot: async (document, signal) =>
      await registry.pushManifest(reference, document, callOptions(credentials, signal)),
    async [Symbol.asyncDispose]() {},
  }
}
