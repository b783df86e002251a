import type { IncomingHttpHeaders } from 'node:http'

/**
 * What a request wants, in the words of the token specification. `base` is the version check, `GET /v2/`; `search` is
 * asked of what finds repositories, beside the registry.
 */
export type Access =
  | { action: 'pull' | 'push' | 'delete'; repository: string }
  | { action: 'catalog' }
  | { action: 'search' }
  | { action: 'base' }

/** Says who may do what. A registry asks it once a request. */
export interface AccessPolicy {
  /**
   * What the sender of `headers` may do. Throws UNAUTHORIZED for credentials that are wrong (not for none).
   * `address` is where the request comes from.
   */
  grant(headers: IncomingHttpHeaders, address: string): Promise<Grant>
  /** The `WWW-Authenticate` value that goes with credentials that are wrong. */
  challenge?(access: Access, headers: IncomingHttpHeaders): string
}

/** What one sender may do, for one request. */
export interface Grant {
  /** The sender's account, where the policy knows it. */
  readonly account?: string | undefined
  allows(access: Access): boolean | Promise<boolean>
  /**
   * The `WWW-Authenticate` value for a refusal that credentials could lift, or undefined when the sender is known and
   * simply may not: the first is answered 401, the second 403.
   */
  challenge(access: Access): string | undefined
}

/** Everyone may do everything: for a registry on loopback, and for tests. */
export const openAccess: AccessPolicy = {
  grant: async () => ({ allows: () => true, challenge: () => undefined }),
}
