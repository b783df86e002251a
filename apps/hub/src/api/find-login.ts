import type { IncomingHttpHeaders } from 'node:http'
import type { Sessions, SignedIn, Viewer } from '@berth/catalog'
import { CodedError } from '@berth/stdx'

/** Who asks, and the session that says so. */
export interface ApiLogin {
  viewer: Viewer
  sessionSecret: string | undefined
}

/** Reads the session in `Authorization`; throws `unauthorized` for one that counts no more (not for none). */
export async function findLogin(
  sessions: Sessions,
  { headers, address }: { headers: IncomingHttpHeaders; address: string },
): Promise<ApiLogin> {
  const secret = findSessionSecret(headers.authorization)
  if (secret === undefined) return { viewer: strangerAt(address), sessionSecret: undefined }
  const login = await sessions.findSession(secret)
  if (!login) throw new CodedError('unauthorized', 'The login is over: sign in again.')
  return { viewer: viewerOf(login, address), sessionSecret: secret }
}

export function viewerOf({ account, scope, tokenId }: SignedIn, address: string): Viewer {
  return { account, scope, tokenId, address }
}

export function strangerAt(address: string): Viewer {
  return { account: undefined, scope: 'repo:public_read', tokenId: undefined, address }
}

/** `JWT` is what clients of Docker Hub's first API write. */
function findSessionSecret(header: string | undefined): string | undefined {
  return /^(?:bearer|jwt) +(\S+) *$/i.exec(header ?? '')?.[1]
}
