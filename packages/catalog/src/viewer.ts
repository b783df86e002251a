/** Somebody who has signed up. */
export interface Account {
  id: number
  /** Also the namespace of the account's repositories. */
  name: string
  email: string
  fullName: string
  /** May do everything with every account, organization and repository, and alone change what lies under `library/`. */
  isAdministrator: boolean
  /** May not sign in. */
  isDisabled: boolean
  plan: PlanName
  /** Milliseconds since the epoch. */
  createdAt: number
}

export type PlanName = 'personal' | 'pro' | 'team' | 'business'

/**
 * What a login may be used for, each with all that comes before it: to read what is public, to read, to write, to
 * delete repositories and manage settings. Docker Hub's access tokens have the same four.
 */
export const tokenScopes = ['repo:public_read', 'repo:read', 'repo:write', 'repo:admin'] as const
export type TokenScope = (typeof tokenScopes)[number]

/**
 * Who asks. Every call that shows or changes something takes one and decides by it: what a viewer may not see is
 * `not-found`, as if it were not there; what they see but may not do is `forbidden`, or `unauthorized` for a stranger.
 */
export interface Viewer {
  account: Account | undefined
  scope: TokenScope
  /** The access token that the login came with, if it did: it may not manage the account itself. */
  tokenId: string | undefined
  /** Where the request comes from, for the audit log. */
  address: string
}

/** A page of a list, and how long all of it is. */
export interface Listed<T> {
  count: number
  entries: T[]
}

/** Which part of a list: pages count from 1; `size` is 100 at most. */
export interface Paging {
  page: number
  size: number
}
