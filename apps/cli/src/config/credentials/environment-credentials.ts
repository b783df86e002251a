import type { AuthRequest } from '@berth/api'
import { CodedError } from '@berth/stdx'
import type { CredentialStore } from './credential-store.ts'
import { hostOf } from './registry-key.ts'
import { decodeStoredAuth } from './stored-auth.ts'

/** Names credentials in the form of config.json's `auths`, for machines that build. */
export const credentialsVariable = 'DOCKER_AUTH_CONFIG'

/** Credentials of the environment, in front of a store: they count more, and are never written. */
export class EnvironmentCredentials implements CredentialStore {
  readonly #auths: Readonly<Record<string, AuthRequest>>
  readonly #store: CredentialStore

  /** Throws `invalid-argument` for text that is no such JSON, without showing it. */
  constructor(text: string, store: CredentialStore) {
    this.#auths = parseAuths(text)
    this.#store = store
  }

  async get(key: string): Promise<AuthRequest | undefined> {
    const known = Object.keys(this.#auths).find((one) => one === key || hostOf(one) === key)
    const found = known === undefined ? undefined : this.#auths[known]
    return found ? decodeStoredAuth(found) : await this.#store.get(key)
  }

  put(key: string, auth: AuthRequest): Promise<void> {
    return this.#store.put(key, auth)
  }

  erase(key: string): Promise<void> {
    return this.#store.erase(key)
  }
}

function parseAuths(text: string): Record<string, AuthRequest> {
  try {
    const { auths } = JSON.parse(text) as { auths?: Record<string, AuthRequest> }
    if (typeof auths === 'object' && Object.values(auths).every((auth) => typeof auth === 'object'))
      return auths
  } catch {
    // The reason would show a part of the text.
  }
  throw new CodedError('invalid-argument', `${credentialsVariable} is not {"auths": {…}}`)
}
