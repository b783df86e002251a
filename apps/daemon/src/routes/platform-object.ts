import { normalizePlatform, type Platform } from '@berth/oci'
import { CodedError } from '@berth/stdx'

/** The one `platform` of a query: a JSON object of OCI's fields. */
export function parsePlatformObject(query: URLSearchParams): Platform | undefined {
  const [platform, ...others] = parsePlatformObjects(query, 'platform')
  if (others.length > 0) throw invalid('one platform at a time')
  return platform
}

/** Any number of them, under the name that the query gives them. */
export const parsePlatformObjects = (query: URLSearchParams, name: 'platform' | 'platforms'): Platform[] =>
  query
    .getAll(name)
    .filter((value) => value !== '')
    .map(parsePlatformText)

function parsePlatformText(text: string): Platform {
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
