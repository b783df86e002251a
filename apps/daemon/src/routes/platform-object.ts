import { normalizePlatform, type Platform } from '@berth/oci'
import { CodedError } from '@berth/stdx'

/** The `platform` of image archives: a JSON object of OCI's fields, at most one. */
export function parsePlatformObject(query: URLSearchParams): Platform | undefined {
  const [text, ...others] = query.getAll('platform').filter((value) => value !== '')
  if (text === undefined) return undefined
  if (others.length > 0) throw invalid('one platform at a time')
  const { os, architecture, variant } = parse(text)
  if (typeof os !== 'string' || typeof architecture !== 'string' || os === '' || architecture === '')
    throw invalid('both os and architecture must be provided')
  return normalizePlatform({ os, architecture, ...(typeof variant === 'string' ? { variant } : {}) })
}

function parse(text: string): Partial<Record<keyof Platform, unknown>> {
  try {
    const value = JSON.parse(text) as unknown
    if (typeof value === 'object' && value !== null) return value
  } catch (error) {
    throw invalid(`${JSON.stringify(text)} is not a JSON object`, error)
  }
  throw invalid(`${JSON.stringify(text)} is not a JSON object`)
}

const invalid = (state: string, cause?: unknown): CodedError =>
  new CodedError('invalid-argument', `failed to parse platform: ${state}`, { cause })
