import { CodedError, readBounded } from '@berth/stdx'
import { readBody } from './transport/body.ts'
import type { Endpoint } from './transport/endpoint.ts'
import { refusal } from './refusal.ts'
import type { RegistryRequest, RegistrySession } from './registry-session.ts'

/** A repository that a search found. */
export interface SearchResult {
  name: string
  description: string
  starCount: number
  isOfficial: boolean
  isAutomated: boolean
}

export interface SearchRequest extends Pick<RegistryRequest, 'signal' | 'credentials'> {
  term: string
  limit: number
  stallMs: number
}

const hub = { registryHost: 'registry-1.docker.io', indexUrl: 'https://index.docker.io/v1/' }
const answerBytesMax = 4 * 1024 * 1024
const textLengthMax = 10_000

/**
 * Asks the index of a registry (Docker's first registry API, `/v1/search`). It answers everyone, and who shows credentials
 * finds what is private to them as well: Docker's engine shows them at once, too.
 */
export async function searchAt(
  session: RegistrySession,
  registry: Endpoint,
  { term, limit, stallMs, ...request }: SearchRequest,
): Promise<SearchResult[]> {
  const { response } = await session.send(indexOf(registry), {
    ...request,
    path: `search?${new URLSearchParams({ q: term, n: String(limit) })}`,
    scopes: ['registry:catalog:search'],
    headers: { 'X-Docker-Token': 'true' },
    isOpenToAll: true,
  })
  if (response.statusCode !== 200) throw await refusal(response, `search at ${registry.label}`)
  const body = readBody(response, registry.label, stallMs)
  return readResults(await readBounded(body, answerBytesMax, 'search results'), registry.label).slice(
    0,
    limit,
  )
}

/** Docker Hub's lies on a host of its own. */
function indexOf(registry: Endpoint): Endpoint {
  const isHub = registry.root.host === hub.registryHost
  return { ...registry, root: isHub ? new URL(hub.indexUrl) : new URL('../v1/', registry.root) }
}

function readResults(bytes: Uint8Array, host: string): SearchResult[] {
  const invalid = () =>
    new CodedError('unavailable', `Cannot search at ${host}: the answer is no list of results`)
  let answer: { results?: unknown } | null
  try {
    answer = JSON.parse(Buffer.from(bytes).toString('utf8')) as typeof answer
  } catch {
    throw invalid()
  }
  const results = answer?.results ?? []
  if (!Array.isArray(results)) throw invalid()
  return results.flatMap((result: unknown) => readResult(result))
}

/** What has no name is left out. */
function readResult(value: unknown): SearchResult[] {
  const {
    name,
    description,
    star_count: stars,
    is_official: isOfficial,
    is_automated: isAutomated,
  } = Object(value) as Record<string, unknown>
  if (typeof name !== 'string' || name === '') return []
  return [
    {
      name: oneLine(name),
      description: typeof description === 'string' ? oneLine(description) : '',
      starCount: typeof stars === 'number' && Number.isSafeInteger(stars) ? stars : 0,
      isOfficial: isOfficial === true,
      isAutomated: isAutomated === true,
    },
  ]
}

/** A stranger's text is for a terminal. */
const oneLine = (text: string): string => text.replace(/\p{Cc}+/gu, ' ').slice(0, textLengthMax)
