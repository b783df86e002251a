import { booleanFilter, type Filters, type ImageSearchItem } from '@berth/api'
import { registryOfAddress, type Credentials } from '@berth/registry-client'
import { CodedError } from '@berth/stdx'
import type { RegistryContext } from './registry-context.ts'

export interface SearchOptions {
  /** From 1 to 100; 25 when undefined or 0. */
  limit: number | undefined
  /** `is-official`, `is-automated`, `stars`. */
  filters: Filters
  credentials: Credentials | undefined
  signal: AbortSignal
}

const limitDefault = 25
const limitMax = 100

/** Repositories that an index finds for a term: Docker Hub's, or that of the registry in front of the term (`host/term`). */
export async function searchImages(
  { registry }: RegistryContext,
  term: string,
  { limit, filters, credentials, signal }: SearchOptions,
): Promise<ImageSearchItem[]> {
  const limitUsed = limit || limitDefault
  if (!(limitUsed >= 1 && limitUsed <= limitMax))
    throw new CodedError('invalid-argument', `limit ${limitUsed} is outside the range of [1, ${limitMax}]`)
  const isOfficial = booleanFilter(filters, 'is-official')
  const isAutomated = booleanFilter(filters, 'is-automated')
  const stars = starsFilter(filters)
  const target = splitTerm(term)
  const options = { limit: limitUsed, signal, ...(credentials ? { credentials } : {}) }
  const results = await registry.search(target.registry, target.term, options)
  return results
    .filter((result) => isOfficial === undefined || result.isOfficial === isOfficial)
    .filter((result) => isAutomated === undefined || result.isAutomated === isAutomated)
    .filter((result) => result.starCount >= stars)
    .map((result) => ({
      name: result.name,
      description: result.description,
      star_count: result.starCount,
      is_official: result.isOfficial,
      is_automated: result.isAutomated,
    }))
}

/** The highest of them counts. */
function starsFilter(filters: Filters): number {
  const values = filters.get('stars') ?? []
  if (!values.every((value) => /^\d+$/.test(value)))
    throw new CodedError('invalid-argument', `invalid filter 'stars=[${values.join(' ')}]'`)
  return Math.max(0, ...values.map(Number))
}

function splitTerm(text: string): { registry: string; term: string } {
  if (text.includes('://')) {
    const quoted = JSON.stringify(text)
    throw new CodedError(
      'invalid-argument',
      `invalid repository name: repository name (${quoted}) should not have a scheme`,
    )
  }
  const slash = text.indexOf('/')
  const first = text.slice(0, Math.max(slash, 0))
  const isRegistry = slash > 0 && (/[.:]/.test(first) || first === 'localhost')
  const registry = isRegistry ? registryOfAddress(first) : 'docker.io'
  const term = isRegistry ? text.slice(slash + 1) : text
  return { registry, term: registry === 'docker.io' ? term.replace(/^library\//, '') : term }
}
