import type { AuthRequest } from '@berth/api'
import type { Credentials } from '@berth/registry-client'

/** What a client sent along to sign in at a registry, in the one form that counts. */
export function registryCredentials(auth: AuthRequest): Credentials | undefined {
  if (auth.registrytoken) return { registryToken: auth.registrytoken }
  if (auth.identitytoken)
    return { identityToken: auth.identitytoken, ...(auth.username ? { username: auth.username } : {}) }
  if (auth.username && auth.password !== undefined)
    return { username: auth.username, password: auth.password }
  return undefined
}
