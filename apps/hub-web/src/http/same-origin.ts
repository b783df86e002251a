import type { IncomingHttpHeaders } from 'node:http'

/**
 * Whether a browser says that a form was sent from one of the `hosts`. Programs that say nothing about it pass: they have no
 * cookies that somebody else could use.
 */
export function isSameOrigin(headers: IncomingHttpHeaders, hosts: readonly string[]): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false
  return headers.origin === undefined || hosts.includes(hostOf(headers.origin))
}

function hostOf(origin: string): string {
  return URL.parse(origin)?.host ?? ''
}
