import {
  formatReference,
  parseImageConfig,
  parseManifest,
  verified,
  type Descriptor,
  type Manifest,
  type Platform,
  type Reference,
} from '@berth/oci'
import type { FetchedManifest, RegistryClient } from '@berth/registry-client'
import { CodedError, isCoded, readBounded } from '@berth/stdx'
import type { ListedManifest } from './listed-manifest.ts'

const configBytesMax = 16 * 1024 * 1024

/** The manifest that a reference names in its registry, with the platform that its config tells. */
export async function fetchListedManifest(
  registry: RegistryClient,
  reference: Reference,
): Promise<ListedManifest> {
  const found = await fetchListedManifests(registry, reference)
  if (!Array.isArray(found)) return found
  throw new CodedError('invalid-argument', `${formatReference(reference)} is a manifest list`)
}

/** As `fetchListedManifest`; of a list, all its manifests, with the platforms that the list tells. */
export async function fetchListedManifests(
  registry: RegistryClient,
  reference: Reference,
): Promise<ListedManifest | ListedManifest[]> {
  const root = await fetchManifest(registry, reference)
  const parsed = parseManifest(root.bytes, root.descriptor.mediaType)
  if (parsed.kind === 'manifest') return describe(registry, { reference, fetched: root, manifest: parsed })
  const listed: ListedManifest[] = []
  for (const entry of parsed.manifests) listed.push(await fetchMember(registry, reference, entry))
  return listed
}

async function fetchMember(
  registry: RegistryClient,
  list: Reference,
  { digest, platform }: Descriptor,
): Promise<ListedManifest> {
  const reference = { ...list, digest }
  const fetched = await fetchManifest(registry, reference)
  const manifest = parseManifest(fetched.bytes, fetched.descriptor.mediaType)
  if (manifest.kind !== 'manifest')
    throw new CodedError('not-implemented', `unsupported manifest format: ${fetched.descriptor.mediaType}`)
  return describe(registry, { reference, fetched, manifest }, platform)
}

async function fetchManifest(registry: RegistryClient, reference: Reference): Promise<FetchedManifest> {
  try {
    return await registry.fetchManifest(reference)
  } catch (error) {
    if (!isCoded(error, 'not-found')) throw error
    throw new CodedError('not-found', `no such manifest: ${formatReference(reference)}`, { cause: error })
  }
}

interface Found {
  reference: Reference
  fetched: FetchedManifest
  manifest: Manifest
}

async function describe(
  registry: RegistryClient,
  { reference, fetched: { bytes, descriptor }, manifest }: Found,
  known?: Platform,
): Promise<ListedManifest> {
  const platform = known ?? (await configPlatform(registry, reference, manifest.config))
  return {
    reference,
    descriptor: { ...descriptor, platform },
    raw: Buffer.from(bytes),
    manifest,
  }
}

async function configPlatform(
  registry: RegistryClient,
  reference: Reference,
  config: Descriptor,
): Promise<Platform> {
  const body = verified(registry.fetchBlob(reference, config), config)
  const { architecture, os, variant, ...rest } = parseImageConfig(
    await readBounded(body, configBytesMax, 'image config'),
  )
  const { 'os.version': version } = rest
  return {
    architecture,
    os,
    ...(version === undefined ? {} : { 'os.version': version }),
    ...(variant === undefined ? {} : { variant }),
  }
}
