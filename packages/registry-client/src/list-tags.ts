import type { Reference } from '@berth/oci'
import { CodedError, readBounded } from '@berth/stdx'
import { readBody } from './transport/body.ts'
import type { Endpoint } from './transport/endpoint.ts'
import { redirectTarget } from './transport/redirect.ts'
import { refusal } from './refusal.ts'
import type { RegistryRequest, RegistrySession } from './registry-session.ts'
import { pullScope } from './auth/scopes.ts'

export interface ListTagsRequest extends Pick<RegistryRequest, 'signal' | 'credentials'> {
  reference: Reference
  stallMs: number
}

const pageBytesMax = 4 * 1024 * 1024
/** Tags of one repository; more of them are more than anybody wants at once. */
const tagsMax = 100_000
const tagPattern = /^\w[\w.-]{0,127}$/

/** Every tag of a repository in the registry's order, page by page (distribution specification, end-8). */
export async function listTagsAt(
  session: RegistrySession,
  endpoint: Endpoint,
  request: ListTagsRequest,
): Promise<string[]> {
  const { reference } = request
  const tags: string[] = []
  let path: string | URL | undefined = `${reference.repository}/tags/list`
  while (path !== undefined) {
    const { response, url } = await session.send(endpoint, {
      ...request,
      path,
      scopes: [pullScope(reference)],
      headers: { Accept: 'application/json' },
    })
    if (response.statusCode !== 200) throw await refusal(response, reference)
    const body = readBody(response, endpoint.label, request.stallMs)
    const page = tagsIn(await readBounded(body, pageBytesMax, 'list of tags'))
    tags.push(...page)
    if (tags.length > tagsMax) throw invalid(`more than ${tagsMax} tags`)
    path = page.length === 0 ? undefined : nextPage(response.headers.link, url)
  }
  return tags
}

function tagsIn(bytes: Uint8Array): string[] {
  let page: { tags?: unknown } | null
  try {
    page = JSON.parse(Buffer.from(bytes).toString('utf8')) as typeof page
  } catch {
    throw invalid('not JSON')
  }
  const tags = page?.tags ?? []
  if (!Array.isArray(tags)) throw invalid('no list')
  return tags.map((tag: unknown) => {
    if (typeof tag !== 'string' || !tagPattern.test(tag)) throw invalid('not a tag in it')
    return tag
  })
}

/** RFC 8288: `<url>; rel="next"`. */
function nextPage(link: string | string[] | undefined, from: URL): URL | undefined {
  const [, target] = /<([^>]*)>\s*;\s*rel="?next"?/.exec(String(link ?? '')) ?? []
  return target === undefined ? undefined : redirectTarget(target, from)
}

function invalid(state: string): CodedError {
  return new CodedError('invalid-argument', `Cannot read the list of tags: ${state}`)
}
