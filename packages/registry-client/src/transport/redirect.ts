import type { IncomingMessage } from 'node:http'
import { EndpointFailure } from './endpoint-failure.ts'

export const redirectsMax = 10

const statuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])
/** RFC 9110 section 15.4: those that keep the method. */
const keepingStatuses: ReadonlySet<number> = new Set([307, 308])

/** True for an answer that sends the same request elsewhere. */
export function isRedirect({ statusCode = 0, headers }: IncomingMessage, method = 'GET'): boolean {
  const isRead = method === 'GET' || method === 'HEAD'
  return headers.location !== undefined && (isRead ? statuses : keepingStatuses).has(statusCode)
}

/** Where to go next; never from TLS to plain HTTP, and never with what a stranger wrote as credentials. */
export function redirectTarget(location: string, from: URL): URL {
  const target = URL.parse(location, from.href)
  if (!target || (target.protocol !== 'https:' && target.protocol !== 'http:'))
    throw redirectRefused(from, 'redirected to no HTTP URL')
  if (from.protocol === 'https:' && target.protocol === 'http:')
    throw redirectRefused(from, 'redirected from HTTPS to plain HTTP')
  target.username = ''
  target.password = ''
  return target
}

export function redirectRefused(url: URL, state: string): EndpointFailure {
  return new EndpointFailure(`Cannot fetch from ${url.host}: ${state}`, {
    kind: 'refused',
    code: 'unavailable',
    summary: state,
  })
}
