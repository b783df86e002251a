import { familiarReference, type Reference } from '@berth/oci'
import type { CallOptions, Credentials, RegistryClient, RetryNotice } from '@berth/registry-client'
import { CodedError } from '@berth/stdx'
import type { ImageSource } from './image-source.ts'
import type { ImageTarget } from './image-target.ts'

export interface RegistryImageOptions {
  registry: RegistryClient
  /** For the registry of the reference; else the client's own lookup is asked. */
  credentials?: Credentials | undefined
  /** Told before each wait for another attempt. */
  onRetry?: (notice: RetryNotice) => void
}

const callOptions = (
  { credentials, onRetry }: RegistryImageOptions,
  signal: AbortSignal | undefined,
): CallOptions => ({
  ...(credentials ? { credentials } : {}),
  ...(onRetry ? { onRetry } : {}),
  ...(signal ? { signal } : {}),
})

/** An image in a registry. */
export function registrySource(reference: Reference, options: RegistryImageOptions): ImageSource {
  const { registry } = options
  return {
    origin: `${reference.registry}/${reference.repository}`,
    readRoot: async (signal) => await registry.fetchManifest(reference, callOptions(options, signal)),
    async readDocument({ digest }, signal) {
      const fetched = await registry.fetchManifest(reference, { digest, ...callOptions(options, signal) })
      return fetched.bytes
    },
    readBlob: (descriptor, { start, signal }) =>
      registry.fetchBlob(reference, descriptor, { start, ...callOptions(options, signal) }),
    async [Symbol.asyncDispose]() {},
  }
}

/** A tag in a registry, or with a digest in the reference the digest alone. */
export function registryTarget(reference: Reference, options: RegistryImageOptions): ImageTarget {
  const { registry } = options
  const { tag: _, ...untagged } = reference
  const prefix = `${reference.registry}/`
  return {
    checkRoot(root) {
      if (reference.digest === undefined || reference.digest === root.digest) return
      const name = familiarReference(reference)
      throw new CodedError(
        'invalid-argument',
        `Cannot copy to ${name}: the image has digest ${root.digest}`,
        {
          hint: 'Leave the digest out, or choose the image that has it.',
        },
      )
    },
    async writeBlob({ descriptor, open, origin }, { signal, onProgress }) {
      const isMountable = origin?.startsWith(prefix) === true && origin !== prefix + reference.repository
      const origins = isMountable && origin ? [origin.slice(prefix.length)] : []
      const pushed = await registry.pushBlob(
        reference,
        { descriptor, open },
        { origins, onProgress, ...callOptions(options, signal) },
      )
      return pushed.how !== 'existed'
    },
    writeDocument: async (document, signal) =>
      await registry.pushManifest(untagged, document, callOptions(options, signal)),
    writeRoot: async (document, signal) =>
      await registry.pushManifest(reference, document, callOptions(options, signal)),
    async [Symbol.asyncDispose]() {},
  }
}
