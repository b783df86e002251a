import type { Descriptor } from './descriptor.ts'
import { normalizePlatform, type Platform } from './platform.ts'

/** How well `candidate` runs where `wanted` is asked: 0 is exact, larger is further, undefined is not at all. */
export function platformDistance(wanted: Platform, candidate: Platform): number | undefined {
  const want = normalizePlatform(wanted)
  const have = normalizePlatform(candidate)
  if (want.os !== have.os) return undefined
  const features = want['os.features'] ?? []
  if (have['os.features']?.some((feature) => !features.includes(feature))) return undefined
  const distance = runnable(want).indexOf(machine(have))
  return distance < 0 ? undefined : distance
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

const machine = ({ architecture, variant = '' }: Platform): string => `${architecture}/${variant}`

/** What a machine runs, best first: what it is, the lower levels of its architecture, then its 32-bit architecture. */
function runnable(platform: Platform): string[] {
  const { architecture, variant = '' } = platform
  const [major, minor] = parseLevel(variant)
  const exact = machine(platform)
  switch (architecture) {
    case 'amd64':
      return [exact, ...levels('amd64/v', major - 1, 2), 'amd64/', '386/']
    case 'arm':
      return [exact, ...levels('arm/v', major - 1, 5)]
    case 'arm64':
      return [exact, ...arm64Levels(major, minor), 'arm64/', ...levels('arm/v', 8, 5)]
    default:
      return [exact]
  }
}

/** Armv9.0 was made of Armv8.5, 9.1 of 8.6, and so on. */
function arm64Levels(major: number, minor: number): string[] {
  if (major !== 9) return levels('arm64/v8.', minor - 1, 1)
  const ninth = minor === 0 ? [] : [...levels('arm64/v9.', minor - 1, 1), 'arm64/v9']
  return [...ninth, ...levels('arm64/v8.', minor + 5, 1)]
}

/** One digit each: what is longer is no level that exists. */
function parseLevel(variant: string): [major: number, minor: number] {
  const [, major = 0, minor = 0] = /^v(\d)(?:\.(\d))?$/.exec(variant) ?? []
  return [Number(major), Number(minor)]
}

function levels(prefix: string, from: number, to: number): string[] {
  return Array.from({ length: Math.max(from - to + 1, 0) }, (_, index) => `${prefix}${from - index}`)
}
