import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { CodedError } from '@berth/stdx'

/**
 * Refuses what a web page in a browser on this machine or its network could send to an API on TCP: a page's `Origin`,
 * and a name that resolves here without being ours (DNS rebinding). `names` are the names this listener answers to.
 */
export function checkHost(request: IncomingMessage, names: ReadonlySet<string>): void {
  if (request.headers.origin !== undefined || request.headers['sec-fetch-site'] !== undefined) {
    throw new CodedError(
      'forbidden',
      'Cannot serve a request of a web page: the Engine API is not for browsers',
    )
  }
  const host = request.headers.host ?? ''
  const name = (/^\[([^\]]*)\](?::\d*)?$/.exec(host)?.[1] ?? host.replace(/:\d*$/, '')).toLowerCase()
  if (name === '' || isIP(name) || name === 'localhost' || names.has(name)) return
  throw new CodedError(
    'forbidden',
    `Cannot serve requests for host ${JSON.stringify(name)}: it is not a name of this engine`,
    {
      hint: 'Use the IP address, or the name that -H of berthd has.',
    },
  )
}
