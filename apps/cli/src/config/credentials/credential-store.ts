import type { AuthRequest } from '@berth/api'

/** Where credentials are kept, by registry. */
export interface CredentialStore {
  /** Undefined when there are none. Rejects when the store does not work. */
  get(key: string): Promise<AuthRequest | undefined>
  put(key: string, auth: AuthRequest): Promise<void>
  /** No failure when there are none. */
  erase(key: string): Promise<void>
}
