import {
  digestOf,
  digestAlgorithm,
  formatReference,
  isDigest,
  mediaTypes,
  parseManifest,
  parseReference,
  type Descriptor,
  type Manifest,
  type Platform,
  type Reference,
} from '@berth/oci'
import { CodedError } from '@berth/stdx'
import { goJson } from '../format/go-json.ts'

/** A manifest that a list will point at, as it is kept on disk until the list is pushed. */
export interface ListedManifest {
  /** Where it is from. */
  reference: Reference
  /** With the platform that the list will tell. */
  descriptor: Descriptor
  /** The document, byte for byte. */
  raw: Buffer
  manifest: Manifest
}

/** As Docker's client keeps and shows it: the same folder serves both. */
export function formatListedManifest({ reference, descriptor, raw, manifest }: ListedManifest): string {
  const { mediaType, digest, size, platform } = descriptor
  const shown = {
    Ref: formatReference(reference),
    Descriptor: { mediaType, digest, size, ...(platform ? { platform: orderedPlatform(platform) } : {}) },
    Raw: raw.toString('base64'),
  }
  const kind = manifest.mediaType === mediaTypes.dockerManifest ? 'SchemaV2Manifest' : 'OCIManifest'
  const document = raw.toString('utf8').replace(/[<>&]/g, (character) => goJson(character).slice(1, -1))
  return `${goJson(shown).slice(0, -1)},"${kind}":${document}}`
}

/** The fields of a platform in the order of the specification. */
export function orderedPlatform(platform: Platform): Platform {
  const { architecture, os, variant } = platform
  const { 'os.version': version, 'os.features': features } = platform
  return {
    architecture,
    os,
    ...(version === undefined || version === '' ? {} : { 'os.version': version }),
    ...(features === undefined || features.length === 0 ? {} : { 'os.features': features }),
    ...(variant === undefined || variant === '' ? {} : { variant }),
  }
}

/**
 * Undefined for one that an older client kept, without the document's bytes. Throws `data-loss` for anything that is not what
 * it says.
 */
export function parseListedManifest(text: string, path: string): ListedManifest | undefined {
  const fields = parseFields(text, path)
  if (fields.Raw === undefined || fields.Raw === '') return undefined
  const raw = Buffer.from(fields.Raw, 'base64')
  const { digest, platform } = fields.Descriptor ?? {}
  if (fields.Ref === undefined || digest === undefined || !isDigest(digest))
    throw damaged(path, 'it names no reference or digest')
  if (digestOf(raw, digestAlgorithm(digest)) !== digest) throw damaged(path, `its document is not ${digest}`)
  const manifest = parseManifest(raw, undefined)
  if (manifest.kind !== 'manifest') throw damaged(path, 'it is a list itself')
  const descriptor = { mediaType: manifest.mediaType, digest, size: raw.length }
  return {
    reference: parseReference(fields.Ref),
    descriptor: platform ? { ...descriptor, platform } : descriptor,
    raw,
    manifest,
  }
}

interface KeptFields {
  Ref?: string
  Descriptor?: { digest?: string; platform?: Platform }
  Raw?: string
}

function parseFields(text: string, path: string): KeptFields {
  try {
    const value = JSON.parse(text) as KeptFields | null
    const isSound = typeof value?.Ref === 'string' && ['string', 'undefined'].includes(typeof value.Raw)
    if (isSound) return value
  } catch (error) {
    throw damaged(path, 'it is not JSON', error)
  }
  throw damaged(path, 'it is no manifest')
}

const damaged = (path: string, why: string, cause?: unknown): CodedError =>
  new CodedError('data-loss', `Cannot read ${path}: ${why}`, {
    cause,
    hint: "Remove the list with 'berth manifest rm' and create it again.",
  })
