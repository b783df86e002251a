import { CodedError } from '@berth/stdx'
import type { Descriptor } from './descriptor.ts'
import { isDigest } from './digest.ts'
import { isIndexType, isManifestType, isSchema1Type, mediaTypes } from './media-types.ts'

/** Manifests and indexes larger than this are refused (the distribution specification asks for at least 4 MiB). */
export const manifestBytesMax = 4 * 1024 * 1024

/** One image for one platform. */
export interface Manifest {
  schemaVersion: 2
  mediaType: string
  artifactType?: string
  config: Descriptor
  layers: Descriptor[]
  subject?: Descriptor
  annotations?: Record<string, string>
}

/** A list of manifests by platform (Docker's manifest list). */
export interface OciIndex {
  schemaVersion: 2
  mediaType: string
  artifactType?: string
  manifests: Descriptor[]
  subject?: Descriptor
  annotations?: Record<string, string>
}

export type ManifestOrIndex = ({ kind: 'manifest' } & Manifest) | ({ kind: 'index' } & OciIndex)

/**
 * Parses the bytes of a manifest or an index and says which it is. `mediaType` is what the other side announced
 * (Content-Type or descriptor). A document that has both `layers` and `manifests`, or whose own media type differs
 * from the announced one, is refused: its meaning would depend on who reads it.
 */
export function parseManifest(bytes: Uint8Array, mediaType: string | undefined): ManifestOrIndex {
  if (bytes.length > manifestBytesMax) throw invalid(`larger than ${manifestBytesMax} bytes`)
  const value = parseObject(bytes)
  const type = typeOf(value, mediaType?.split(';')[0]?.trim())
  if (isSchema1Type(type) || value['schemaVersion'] === 1) throw schema1()
  if (value['schemaVersion'] !== 2) throw invalid('schemaVersion is not 2')
  if (
    Object.hasOwn(value, 'manifests') &&
    (Object.hasOwn(value, 'layers') || Object.hasOwn(value, 'config'))
  ) {
    throw invalid('has both manifests and layers')
  }
  const common = { ...(value as object), mediaType: type, schemaVersion: 2 as const }
  if (isIndexType(type)) return { ...common, kind: 'index', ...indexFields(value) }
  if (isManifestType(type)) return { ...common, kind: 'manifest', ...manifestFields(value) }
  throw new CodedError(
    'invalid-argument',
    `Cannot parse manifest: unsupported media type ${JSON.stringify(type)}`,
  )
}

/** The document's own type, else the announced one, else what its shape says. */
function typeOf(value: Record<string, unknown>, announced: string | undefined): string {
  const own = value['mediaType']
  if (own !== undefined && typeof own !== 'string') throw invalid('mediaType is not a string')
  if (announced && own && announced !== own && isKnown(announced)) {
    throw invalid(`media type ${own} differs from the announced ${announced}`)
  }
  return own ?? announced ?? guessType(value)
}

function schema1(): CodedError {
  return new CodedError(
    'not-implemented',
    'Docker Image Format v1 and Docker Image manifest version 2, schema 1 support has been removed',
    { hint: 'Push the image again with a client of the last years, which writes schema 2.' },
  )
}

const isKnown = (type: string) => isIndexType(type) || isManifestType(type)

function invalid(state: string): CodedError {
  return new CodedError('invalid-argument', `Cannot parse manifest: ${state}`)
}

function parseObject(bytes: Uint8Array): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch (error) {
    throw new CodedError('invalid-argument', 'Cannot parse manifest: not JSON', { cause: error })
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid('not an object')
  return value as Record<string, unknown>
}

/** OCI documents may leave their media type out; the shape tells them apart. */
function guessType(value: Record<string, unknown>): string {
  return Object.hasOwn(value, 'manifests') ? mediaTypes.ociIndex : mediaTypes.ociManifest
}

function indexFields(value: Record<string, unknown>) {
  return { manifests: descriptors(value['manifests'], 'manifests') }
}

function manifestFields(value: Record<string, unknown>) {
  return {
    config: descriptor(value['config'], 'config'),
    layers: descriptors(value['layers'] ?? [], 'layers'),
  }
}

function descriptors(value: unknown, where: string): Descriptor[] {
  if (!Array.isArray(value)) throw invalid(`${where} is not a list`)
  return value.map((entry, index) => descriptor(entry, `${where}[${index}]`))
}

function descriptor(value: unknown, where: string): Descriptor {
  if (typeof value !== 'object' || value === null) throw invalid(`${where} is not a descriptor`)
  const { mediaType, digest, size } = value as Record<string, unknown>
  if (typeof mediaType !== 'string') throw invalid(`${where}.mediaType is not a string`)
  if (typeof digest !== 'string' || !isDigest(digest)) throw invalid(`${where}.digest is not a digest`)
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0)
    throw invalid(`${where}.size is not a size`)
  return value as Descriptor
}
