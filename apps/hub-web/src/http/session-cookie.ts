import type { SignedIn } from '@berth/catalog'
import type { CookieJar } from './cookie-jar.ts'
import type { PageRequest } from './page-request.ts'

const sessionCookie = 'session'
const secretLengthMax = 200

export function findSessionSecret(cookies: CookieJar): string | undefined {
  const secret = cookies.find(sessionCookie)
  return secret === undefined || secret === '' || secret.length > secretLengthMax ? undefined : secret
}

/**
 * Signs the browser in with a secret made now: whatever session it came with ends, so that nobody who planted or saw one
 * before has any use of it.
 */
export async function startSession(request: PageRequest, login: SignedIn): Promise<void> {
  const { catalog, cookies, viewer, client, forms } = request
  await endSession(request)
  const { secret, expiresAt } = await catalog.sessions.createSession(login, {
    address: viewer.address,
    client,
  })
  cookies.set(sessionCookie, secret, { maxAgeSeconds: (expiresAt - Date.now()) / 1000 })
  forms.forgetVisitor()
}

export async function endSession({ catalog, cookies, sessionSecret }: PageRequest): Promise<void> {
  if (sessionSecret !== undefined) await catalog.sessions.endSession(sessionSecret)
  cookies.delete(sessionCookie)
}
