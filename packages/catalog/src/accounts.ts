import type { Account, Paging, Listed, PlanName, TokenScope, Viewer } from './viewer.ts'

/** Sign-up, sign-in and what an account says of itself. Passwords are kept as argon2id hashes. */
export interface Accounts {
  /**
   * Throws `invalid-argument` for a name, e-mail address or password that will not do, `already-exists` for a name that
   * is taken by an account or an organization, or reserved.
   */
  signUp(form: SignUp, address: string): Promise<Account>
  /** As `signUp`, by who runs the hub: makes an administrator. */
  createAdministrator(form: SignUp): Promise<Account>
  /** For administrators. Ends every session of the account. Throws `not-found`. */
  resetPassword(viewer: Viewer, name: string, password: string): Promise<void>
  /** For administrators. Ends every session of the account. Throws `not-found`. */
  setAdministrator(viewer: Viewer, name: string, isAdministrator: boolean): Promise<void>
  /** For administrators: who is disabled cannot sign in, with no password and no token. Throws `not-found`. */
  setDisabled(viewer: Viewer, name: string, isDisabled: boolean): Promise<void>
  /**
   * Undefined for an unknown name as for a wrong secret, after the same time. `secret` is the password or an access
   * token; name may be the e-mail address. Throws `unavailable` when too many sign in at once; how often somebody may try
   * is up to the caller.
   */
  signIn(name: string, secret: string): Promise<SignedIn | undefined>
  findAccount(name: string): Promise<Account | undefined>
  /** Whether anybody has signed up yet. */
  hasAccounts(): Promise<boolean>
  updateProfile(viewer: Viewer, profile: { fullName?: string; email?: string }): Promise<Account>
  /** Ends every session and refresh token of the account. Throws `forbidden` when `current` is wrong. */
  changePassword(viewer: Viewer, passwords: { current: string; next: string }): Promise<void>
  /** Of an account or an organization; for administrators. */
  setPlan(viewer: Viewer, name: string, plan: PlanName): Promise<void>
  /** For administrators. */
  listAccounts(viewer: Viewer, paging: Paging): Promise<Listed<Account>>
  /** With all that is theirs. `password` confirms. Throws `failed-precondition` for the last owner of an organization. */
  deleteAccount(viewer: Viewer, password: string): Promise<void>
}

export interface SignUp {
  name: string
  email: string
  password: string
  fullName?: string
}

export interface SignedIn {
  account: Account
  /** What the secret may be used for: everything for a password. */
  scope: TokenScope
  /** Set when the secret is an access token. */
  tokenId: string | undefined
  /** Set when it goes on with a session, and is over with it. */
  sessionId?: string | undefined
}

/** Plans say how many private repositories an account may have. */
export interface Plan {
  name: PlanName
  /** `Infinity` for as many as one likes. */
  privateRepositories: number
}

/** Secrets for programs, shown once when made and kept as hashes. */
export interface AccessTokens {
  createToken(viewer: Viewer, form: NewAccessToken): Promise<AccessToken & { secret: string }>
  listTokens(viewer: Viewer): Promise<AccessToken[]>
  updateToken(
    viewer: Viewer,
    id: string,
    change: { label?: string; isActive?: boolean },
  ): Promise<AccessToken>
  deleteToken(viewer: Viewer, id: string): Promise<void>
}

export interface NewAccessToken {
  label: string
  scope: TokenScope
  /** Milliseconds since the epoch; undefined for ever. */
  expiresAt?: number | undefined
}

export interface AccessToken extends NewAccessToken {
  /** A UUID. */
  id: string
  isActive: boolean
  createdAt: number
  lastUsedAt: number | undefined
}

/**
 * Sign-ins that last, of browsers, API clients and registry clients: random, kept as hashes, shared by all replicas. One
 * that began with an access token ends with it, when the token is deleted, switched off or expires.
 */
export interface Sessions {
  /** Returns the secret that the client shows from now on. */
  createSession(login: SignedIn, options: NewSession): Promise<{ secret: string; expiresAt: number }>
  findSession(secret: string): Promise<SignedIn | undefined>
  endSession(secret: string): Promise<void>
  /** Those of the viewer, the last used first. */
  listSessions(viewer: Viewer): Promise<Session[]>
  /** Throws `not-found` for one that is not the viewer's. */
  endSessionById(viewer: Viewer, id: string): Promise<void>
}

export interface NewSession {
  /** Where the sign-in comes from. */
  address: string
  /** What signed in, as it says itself: a `User-Agent`. */
  client?: string | undefined
  /** It ends when it was not used for so long (default: 30 days). */
  idleMs?: number
}

export interface Session {
  /** A UUID. */
  id: string
  address: string
  client: string
  createdAt: number
  /** To the hour. */
  lastUsedAt: number
}
