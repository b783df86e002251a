import { CodedError } from '@berth/stdx'
import type { Descriptor } from './descriptor.ts'

/** OCI image specification, image-index.md, `platform`. */
export interface Platform {
  architecture: string
  os: string
  variant?: string
  'os.version'?: string
  'os.features'?: string[]
}

/** Names that other systems use for one architecture, as the field's clients normalise them. */
const aliases: Readonly<Record<string, { architecture: string; variant?: string }>> = {
  x86_64: { architecture: 'amd64' },
  'x86-64': { architecture: 'amd64' },
  x64: { architecture: 'amd64' },
  aarch64: { architecture: 'arm64' },
  armhf: { architecture: 'arm', variant: 'v7' },
  armel: { architecture: 'arm', variant: 'v6' },
  i386: { architecture: '386' },
  ia32: { architecture: '386' },
}

/** Variants that a machine of the key runs too, best first. */
const armVariants = ['v8', 'v7', 'v6', 'v5']

/** Text `os/arch[/variant]` or `arch` to a normalised platform; throws `invalid-argument`. */
export function parsePlatform(text: string): Platform {
  const parts = text.split('/')
  if (parts.length > 3 || parts.some((part) => !/^[A-Za-z0-9_.-]+$/.test(part))) {
    throw new CodedError(
      'invalid-argument',
      `"${text}" is an invalid component of ${JSON.stringify(text)}: platform specifier component must match "^[A-Za-z0-9_.-]+$": invalid argument`,
    )
  }
  const [first = '', second, variant] = parts
  if (second === undefined) {
    const os = first.toLowerCase()
    if (os === 'linux')
      throw new CodedError(
        'invalid-argument',
        `${JSON.stringify(text)}: unknown operating system or architecture: invalid argument`,
      )
    return normalizePlatform({ os: 'linux', architecture: os })
  }
  return normalizePlatform({ os: first, architecture: second, ...(variant === undefined ? {} : { variant }) })
}

/** Lower case, the usual name of the architecture, and no variant that is the usual one. */
export function normalizePlatform(platform: Platform): Platform {
  const os = platform.os.toLowerCase()
  const raw = platform.architecture.toLowerCase()
  const { architecture, variant: implied } = aliases[raw] ?? { architecture: raw }
  const variant = canonicalVariant(architecture, platform.variant?.toLowerCase() ?? implied)
  const { variant: _, ...rest } = platform
  return { ...rest, os, architecture, ...(variant === undefined ? {} : { variant }) }
}

/** arm64 means arm64/v8, arm means arm/v7, amd64 means amd64/v1: the usual variant is left out, as in image indexes. */
function canonicalVariant(architecture: string, variant: string | undefined): string | undefined {
  if (variant === '' || variant === undefined) return architecture === 'arm' ? 'v7' : undefined
  const plain = /^\d/.test(variant) ? `v${variant}` : variant
  if (architecture === 'arm64' && plain === 'v8') return undefined
  if (architecture === 'amd64' && plain === 'v1') return undefined
  return plain
}

/** `os/architecture[/variant]`. */
export function formatPlatform(platform: Platform): string {
  return [platform.os, platform.architecture, platform.variant].filter((part) => part).join('/')
}

/** How well `candidate` runs where `wanted` is asked: 0 is exact, larger is further, undefined is not at all. */
export function platformDistance(wanted: Platform, candidate: Platform): number | undefined {
  const want = normalizePlatform(wanted)
  const have = normalizePlatform(candidate)
  if (want.os !== have.os) return undefined
  if (want.architecture === have.architecture) {
    if (want.variant === have.variant) return 0
    if (want.architecture !== 'arm') return have.variant === undefined ? 1 : undefined
    const distance = armVariants.indexOf(have.variant ?? 'v7') - armVariants.indexOf(want.variant ?? 'v7')
    return distance >= 0 ? distance : undefined
  }
  return undefined
}

/** Manifests of an index that can serve `wanted`, best first. Attestations (`unknown/unknown`) never match. */
export function selectManifests(manifests: readonly Descriptor[], wanted: Platform): Descriptor[] {
  return manifests
    .map((descriptor) => ({ descriptor, distance: distanceOf(descriptor, wanted) }))
    .filter((entry) => entry.distance !== undefined)
    .sort((a, b) => Number(a.distance) - Number(b.distance))
    .map((entry) => entry.descriptor)
}

function distanceOf(descriptor: Descriptor, wanted: Platform): number | undefined {
  // A manifest that names no platform fits any, after those that do.
  if (!descriptor.platform) return Number.MAX_SAFE_INTEGER
  return platformDistance(wanted, descriptor.platform)
}

/** The platform of this machine from Node's `process.arch`. */
export function hostPlatform(arch: string): Platform {
  return normalizePlatform({ os: 'linux', architecture: arch })
}
