import { CodedError, messageOf } from '@berth/stdx'
import type { Report } from '../progress/progress.ts'

/** The body behind an `http` or `https` URL; a name alone is taken for a host, as Docker does. */
export async function* fetchArchive(
  text: string,
  { signal, report }: { signal: AbortSignal; report: Report },
): AsyncGenerator<Uint8Array> {
  const url = parseUrl(text)
  report({ status: `Downloading from ${url.href}`, progressDetail: {} })
  const response = await get(url, signal)
  const total = Number(response.headers.get('content-length') ?? 0)
  let current = 0
  for await (const piece of response.body ?? []) {
    current += piece.length
    report({ status: 'Downloading', progressDetail: { current, ...(total > 0 ? { total } : {}) } })
    yield piece
  }
}

function parseUrl(text: string): URL {
  const url = URL.parse(text.includes('://') ? text : `http://${text}`)
  if (url && (url.username || url.password))
    throw new CodedError('invalid-argument', 'Cannot import from a URL that holds a password', {
      hint: "Images keep where they came from. Fetch it yourself and pipe it in: 'berth import - NAME'.",
    })
  if (url && (url.protocol === 'http:' || url.protocol === 'https:')) return url
  throw new CodedError(
    'invalid-argument',
    `Cannot import from ${JSON.stringify(text)}: not an http or https URL`,
  )
}

async function get(url: URL, signal: AbortSignal): Promise<Response> {
  let response: Response
  try {
    response = await fetch(url, { signal })
  } catch (error) {
    throw new CodedError(
      'unavailable',
      `Cannot download ${url.href}: ${messageOf((error as Error).cause ?? error)}`,
      { cause: error },
    )
  }
  if (response.ok) return response
  await response.body?.cancel()
  throw new CodedError(
    'unavailable',
    `Cannot download ${url.href}: the server answered ${response.status} ${response.statusText}`,
  )
}
