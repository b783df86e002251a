import { CodedError } from '@berth/stdx'
import type { Descriptor } from './descriptor.ts'
import { isDigest } from './digest.ts'
import {
  findBadField,
  isListOf,
  isMapOf,
  isObject,
  isText,
  parseJsonObject,
  withoutNulls,
  type FieldCheck,
} from './json-object.ts'
import { isIndexType, isManifestType, isSchema1Type, mediaTypes } from './media-types.ts'
import type { Platform } from './platform.ts'

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
 * from the announced one, is refused: its meaning would depend on who reads it. Fields that are null are left out,
 * unknown ones are kept. Throws `invalid-argument`, and `not-implemented` for Docker's schema 1.
 */
export function parseManifest(bytes: Uint8Array, mediaType: string | undefined): ManifestOrIndex {
  if (bytes.length > manifestBytesMax) throw invalid(`larger than ${manifestBytesMax} bytes`)
  const value = parseJsonObject(bytes, 'manifest')
  const type = typeOf(value, mediaType?.split(';')[0]?.trim())
  if (isSchema1Type(type) || value['schemaVersion'] === 1) throw schema1()
  if (value['schemaVersion'] !== 2) throw invalid('schemaVersion is not 2')
  const bad = findBadField(value, documentFields)
  if (bad !== undefined) throw invalid(`${bad} is not of its type`)
  const isIndex = isIndexType(type)
  if (!isIndex && !isManifestType(type)) throw invalid(`unsupported media type ${quote(type)}`)
  const foreign = isIndex ? ['layers', 'config'] : ['manifests']
  if (foreign.some((name) => Object.hasOwn(value, name))) throw invalid('has both manifests and layers')
  const common = { ...value, ...subjectOf(value), mediaType: type, schemaVersion: 2 as const }
  return isIndex
    ? { ...common, kind: 'index', manifests: descriptors(value['manifests'], 'manifests') }
    : {
        ...common,
        kind: 'manifest',
        config: descriptor(value['config'], 'config'),
        layers: descriptors(value['layers'], 'layers'),
      }
}

/** The document's own type, else the announced one, else what its shape says. */
function typeOf(value: Record<string, unknown>, announced: string | undefined): string {
  const own = value['mediaType'] ?? ''
  if (typeof own !== 'string') throw invalid('mediaType is not a string')
  if (announced && own && announced !== own && isKnown(announced)) {
    throw invalid(`media type ${quote(own)} differs from the announced ${announced}`)
  }
  return own || announced || guessType(value)
}

function schema1(): CodedError {
  return new CodedError(
    'not-implemented',
    'Docker Image Format v1 and Docker Image manifest version 2, schema 1 support has been removed',
    { hint: 'Push the image again with a client of the last years, which writes schema 2.' },
  )
}

const isKnown = (type: string) => isIndexType(type) || isManifestType(type)
const quote = (text: string) => JSON.stringify(text.slice(0, 200))

function invalid(state: string): CodedError {
  return new CodedError('invalid-argument', `Cannot parse manifest: ${state}`)
}

/** OCI documents may leave their media type out; the shape tells them apart. */
function guessType(value: Record<string, unknown>): string {
  return Object.hasOwn(value, 'manifests') ? mediaTypes.ociIndex : mediaTypes.ociManifest
}

const documentFields: Readonly<Record<string, FieldCheck>> = {
  artifactType: isText,
  annotations: isMapOf(isText),
}

const descriptorFields: Readonly<Record<string, FieldCheck>> = {
  mediaType: isText,
  urls: isListOf(isText),
  annotations: isMapOf(isText),
  data: isText,
  artifactType: isText,
  platform: isObject,
}

const platformFields: Readonly<Record<string, FieldCheck>> = {
  architecture: isText,
  os: isText,
  variant: isText,
  'os.version': isText,
  'os.features': isListOf(isText),
}

function subjectOf({ subject }: Record<string, unknown>): { subject?: Descriptor } {
  return subject === undefined ? {} : { subject: descriptor(subject, 'subject') }
}

function descriptors(value: unknown = [], where: string): Descriptor[] {
  if (!Array.isArray(value)) throw invalid(`${where} is not a list`)
  return value.map((entry, index) => descriptor(entry, `${where}[${index}]`))
}

function descriptor(value: unknown, where: string): Descriptor {
  if (!isObject(value)) throw invalid(`${where} is not a descriptor`)
  const fields = withoutNulls(value)
  const { mediaType, digest, size, platform } = fields
  if (typeof mediaType !== 'string') throw invalid(`${where}.mediaType is not a string`)
  if (typeof digest !== 'string' || !isDigest(digest)) throw invalid(`${where}.digest is not a digest`)
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0)
    throw invalid(`${where}.size is not a size`)
  const bad = findBadField(fields, descriptorFields)
  if (bad !== undefined) throw invalid(`${where}.${bad} is not of its type`)
  const known = { ...fields, mediaType, digest, size }
  return isObject(platform) ? { ...known, platform: platformOf(platform, where) } : known
}

/** What is left out is empty: some tools write a platform of nothing. */
function platformOf(value: Record<string, unknown>, where: string): Platform {
  const bad = findBadField(value, platformFields)
  if (bad !== undefined) throw invalid(`${where}.platform.${bad} is not of its type`)
  return { os: '', architecture: '', ...withoutNulls(value) }
}
