import { createHash } from 'node:crypto'

/**
 * How to prove who asks, as in Docker's `X-Registry-Auth`: a bearer token that the registry itself takes, or a refresh
 * token of an earlier login, or a name and a password; the first that is there counts.
 */
export interface Credentials {
  username?: string
  password?: string
  identityToken?: string
  registryToken?: string
}

/** Credentials as Docker's configuration and its `X-Registry-Auth` write them. */
export interface DockerAuth {
  username?: string
  password?: string
  identitytoken?: string
  registrytoken?: string
}

/** What Docker's form says, the part of it that counts; undefined when it proves nothing. */
export function credentialsOf(auth: DockerAuth): Credentials | undefined {
  if (auth.registrytoken) return { registryToken: auth.registrytoken }
  if (auth.identitytoken)
    return { identityToken: auth.identitytoken, ...(auth.username ? { username: auth.username } : {}) }
  if (auth.username && auth.password !== undefined)
    return { username: auth.username, password: auth.password }
  return undefined
}

/** Finds credentials for a registry host as references name it (`docker.io`, `host:5000`). */
export type CredentialsLookup = (registry: string) => Promise<Credentials | undefined>

/** The value of `Authorization` for a name and a password; undefined when there is none. */
export function basicHeader({ username, password }: Credentials): string | undefined {
  if (!username || password === undefined) return undefined
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}

/** Tells the caches of two accounts apart without keeping the secret as a key. */
export function fingerprint(credentials: Credentials | undefined): string {
  if (!credentials) return 'anonymous'
  return createHash('sha256').update(JSON.stringify(credentials)).digest('base64')
}
