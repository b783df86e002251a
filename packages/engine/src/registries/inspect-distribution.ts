import type { DistributionInspect } from '@berth/api'
import {
  isConfigType,
  parseImageConfig,
  parseManifest,
  verified,
  type Descriptor,
  type Platform,
  type Reference,
} from '@berth/oci'
import type { CallOptions } from '@berth/registry-client'
import { readBounded } from '@berth/stdx'
import type { RegistryContext } from './registry-context.ts'

const configBytesMax = 16 * 1024 * 1024

/** What a registry has under a name, without pulling it. */
export async function inspectDistribution(
  context: RegistryContext,
  reference: Reference,
  options: CallOptions,
): Promise<DistributionInspect> {
  const { descriptor, bytes } = await context.registry.fetchManifest(reference, options)
  const parsed = parseManifest(bytes, descriptor.mediaType)
  if (parsed.kind === 'index') {
    return { Descriptor: descriptor, Platforms: parsed.manifests.flatMap(({ platform }) => platform ?? []) }
  }
  if (!isConfigType(parsed.config.mediaType)) return { Descriptor: descriptor, Platforms: [] }
  return {
    Descriptor: descriptor,
    Platforms: [await platformOf(context, { reference, config: parsed.config, options })],
  }
}

async function platformOf(
  { registry }: RegistryContext,
  { reference, config, options }: { reference: Reference; config: Descriptor; options: CallOptions },
): Promise<Platform> {
  const body = verified(registry.fetchBlob(reference, config, options), config)
  const image = parseImageConfig(await readBounded(body, configBytesMax, 'image config'))
  const { architecture, os, variant, 'os.version': version } = image
  return {
    architecture,
    os,
    ...(variant === undefined ? {} : { variant }),
    ...(version === undefined ? {} : { 'os.version': version }),
  }
}
