import type { Descriptor } from './descriptor.ts'

/** Media types of the OCI image specification 1.1 and of Docker's image manifest version 2, schema 2. */
export const mediaTypes = {
  ociManifest: 'application/vnd.oci.image.manifest.v1+json',
  ociIndex: 'application/vnd.oci.image.index.v1+json',
  ociConfig: 'application/vnd.oci.image.config.v1+json',
  ociLayer: 'application/vnd.oci.image.layer.v1.tar',
  ociLayerGzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
  ociLayerZstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
  ociEmpty: 'application/vnd.oci.empty.v1+json',
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerManifestList: 'application/vnd.docker.distribution.manifest.list.v2+json',
  dockerConfig: 'application/vnd.docker.container.image.v1+json',
  dockerLayer: 'application/vnd.docker.image.rootfs.diff.tar',
  dockerLayerGzip: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
  dockerLayerZstd: 'application/vnd.docker.image.rootfs.diff.tar.zstd',
  dockerForeignLayerGzip: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
  dockerSchema1: 'application/vnd.docker.distribution.manifest.v1+json',
  dockerSchema1Signed: 'application/vnd.docker.distribution.manifest.v1+prettyjws',
  ociLayerNondistributable: 'application/vnd.oci.image.layer.nondistributable.v1.tar',
  ociLayerNondistributableGzip: 'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip',
  ociLayerNondistributableZstd: 'application/vnd.oci.image.layer.nondistributable.v1.tar+zstd',
} as const

const manifests: readonly string[] = [mediaTypes.ociManifest, mediaTypes.dockerManifest]
const indexes: readonly string[] = [mediaTypes.ociIndex, mediaTypes.dockerManifestList]
const configs: readonly string[] = [mediaTypes.ociConfig, mediaTypes.dockerConfig]

/** How a layer's bytes are compressed, by media type. */
const layers: ReadonlyMap<string, Compression> = new Map([
  [mediaTypes.ociLayer, 'none'],
  [mediaTypes.ociLayerGzip, 'gzip'],
  [mediaTypes.ociLayerZstd, 'zstd'],
  [mediaTypes.dockerLayer, 'none'],
  [mediaTypes.dockerLayerGzip, 'gzip'],
  [mediaTypes.dockerLayerZstd, 'zstd'],
  [mediaTypes.dockerForeignLayerGzip, 'gzip'],
  [mediaTypes.ociLayerNondistributable, 'none'],
  [mediaTypes.ociLayerNondistributableGzip, 'gzip'],
  [mediaTypes.ociLayerNondistributableZstd, 'zstd'],
])

const foreignLayers: readonly string[] = [
  mediaTypes.dockerForeignLayerGzip,
  mediaTypes.ociLayerNondistributable,
  mediaTypes.ociLayerNondistributableGzip,
  mediaTypes.ociLayerNondistributableZstd,
]

export type Compression = 'none' | 'gzip' | 'zstd'

/** One image for one platform. */
export const isManifestType = (mediaType: string): boolean => manifests.includes(mediaType)
/** A list of manifests. */
export const isIndexType = (mediaType: string): boolean => indexes.includes(mediaType)
/** The config of an image that can be run. */
export const isConfigType = (mediaType: string): boolean => configs.includes(mediaType)
/** A changeset, however compressed. */
export const isLayerType = (mediaType: string): boolean => layers.has(mediaType)
/** A layer that registries get only as a link to where it is. */
export const isForeignLayer = ({ mediaType, urls = [] }: Pick<Descriptor, 'mediaType' | 'urls'>): boolean =>
  foreignLayers.includes(mediaType) && urls.length > 0
/** How a layer of that type is compressed; undefined for a type that is not a layer's. */
export const layerCompression = (mediaType: string): Compression | undefined => layers.get(mediaType)
/** Docker's first manifest format, which nobody serves any more. */
export const isSchema1Type = (mediaType: string): boolean =>
  mediaType === mediaTypes.dockerSchema1 || mediaType === mediaTypes.dockerSchema1Signed

/** What a client that wants an image asks for, in order of preference. */
export const acceptedManifestTypes: readonly string[] = [
  mediaTypes.ociIndex,
  mediaTypes.ociManifest,
  mediaTypes.dockerManifestList,
  mediaTypes.dockerManifest,
]
