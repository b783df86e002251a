import {
  familiarReference,
  formatPlatform,
  isConfigType,
  parseManifest,
  selectManifests,
  type Descriptor,
  type Digest,
  type Manifest,
  type Platform,
  type Reference,
} from '@berth/oci'
import type { Credentials, RegistryClient, RetryNotice } from '@berth/registry-client'
import { CodedError } from '@berth/stdx'

/** One document on the way from a name to an image, with the bytes as they came. */
export interface FetchedManifest {
  descriptor: Descriptor
  bytes: Uint8Array
}

export interface ResolvedManifest {
  /** From what the name points at down to the manifest: indexes first, the manifest last. */
  path: FetchedManifest[]
  manifest: Manifest
}

export interface ResolveOptions {
  registry: RegistryClient
  platform: Platform
  credentials: Credentials | undefined
  signal: AbortSignal
  /** Told before each wait for another attempt. */
  onRetry?: (notice: RetryNotice) => void
}

/** Indexes within indexes deeper than this are refused. */
export const indexDepthMax = 4

/** Follows a name through indexes to the manifest of the image for `platform`. */
export async function resolveManifest(
  reference: Reference,
  options: ResolveOptions,
): Promise<ResolvedManifest> {
  const path: FetchedManifest[] = []
  let digest: Digest | undefined
  for (let depth = 0; depth <= indexDepthMax; depth++) {
    const fetched = await options.registry.fetchManifest(reference, fetchOptions(digest, options))
    path.push(fetched)
    const parsed = parseManifest(fetched.bytes, fetched.descriptor.mediaType)
    if (parsed.kind === 'manifest') {
      checkIsImage(parsed, `pull ${familiarReference(reference)}`)
      return { path, manifest: parsed }
    }
    digest = choose(parsed.manifests, options.platform, reference).digest
  }
  throw new CodedError(
    'invalid-argument',
    `Cannot pull ${familiarReference(reference)}: indexes nested deeper than ${indexDepthMax}`,
  )
}

function fetchOptions(digest: Digest | undefined, { signal, credentials, onRetry }: ResolveOptions) {
  return {
    signal,
    ...(digest ? { digest } : {}),
    ...(credentials ? { credentials } : {}),
    ...(onRetry ? { onRetry } : {}),
  }
}

function choose(manifests: readonly Descriptor[], platform: Platform, reference: Reference): Descriptor {
  const [best] = selectManifests(manifests, platform)
  if (best) return best
  const offered = manifests.flatMap((entry) =>
    entry.platform && entry.platform.os !== 'unknown' ? [formatPlatform(entry.platform)] : [],
  )
  throw new CodedError(
    'not-found',
    `no matching manifest for ${formatPlatform(platform)} in the manifest list entries: ${familiarReference(reference)}`,
    {
      hint:
        offered.length > 0
          ? `The image is there for ${offered.join(', ')}: choose one with --platform.`
          : 'The index is empty.',
    },
  )
}

/** Refuses what is kept in registries and archives but is no image; `action` is what cannot be done then. */
export function checkIsImage(manifest: Manifest, action: string): void {
  if (isConfigType(manifest.config.mediaType)) return
  const type = manifest.artifactType ?? manifest.config.mediaType
  throw new CodedError(
    'invalid-argument',
    `Cannot ${action}: it is an artifact of type ${JSON.stringify(type)}, not a container image`,
  )
}
