export type { Descriptor } from './descriptor.ts'
export { digestAlgorithm, Digester, digestHex, digestOf, isDigest, parseDigest } from './digest.ts'
export type { Digest, DigestAlgorithm } from './digest.ts'
export { parseImageConfig } from './image-config.ts'
export type { ContainerDefaults, Healthcheck, HistoryEntry, ImageConfig } from './image-config.ts'
export { manifestBytesMax, parseManifest } from './manifest.ts'
export type { Manifest, ManifestOrIndex, OciIndex } from './manifest.ts'
export {
  acceptedManifestTypes,
  isConfigType,
  isForeignLayer,
  isLayerType,
  layerCompression,
  mediaTypes,
} from './media-types.ts'
export type { Compression } from './media-types.ts'
export { parsePlatform } from './parse-platform.ts'
export { formatPlatform, hostPlatform, normalizePlatform } from './platform.ts'
export type { Platform } from './platform.ts'
export { platformDistance, selectManifests } from './platform-distance.ts'
export {
  familiarName,
  familiarReference,
  formatReference,
  parseReference,
  withDefaultTag,
} from './reference.ts'
export type { Reference } from './reference.ts'
export type {
  CapabilitySpec,
  LinuxDevice,
  LinuxResources,
  LinuxSpec,
  MountSpec,
  ProcessSpec,
  RuntimeSpec,
  SeccompSpec,
} from './runtime-spec.ts'
export { verified } from './verified.ts'
