/** Somebody who has shown who they are. */
export interface Account {
  name: string
  /** What a token says of the login beside the name, for `findAccount`: other than a secret. */
  login?: string | undefined
  /** As `login`, of the session that it came of. Replicas of another version may not know it, and pass it over. */
  session?: string | undefined
}

export type RepositoryAction = 'pull' | 'push' | 'delete'

/**
 * Who there is and what they may do. Asked with every login, with every token, and while a token is used, so that what is
 * taken away is gone at once.
 */
export interface Accounts {
  /** Undefined for an unknown name as for a wrong password, after the same time. */
  authenticate(name: string, password: string): Promise<Account | undefined>
  /** Whom a token was given to, as the login counts now; undefined when it counts no more. */
  findAccount(holder: Account): Promise<Account | undefined>
  /** Whether a password looks like one that was made by these accounts and is too long to be guessed. */
  isRandomSecret?(password: string): boolean
  /** What the account, or with undefined everyone, may do with a repository that is there or could be. */
  actions(account: Account | undefined, repository: string): Promise<ReadonlySet<RepositoryAction>>
  /** Whether the list of all repositories may be seen. */
  mayListRepositories(account: Account | undefined): Promise<boolean>
  /** Whether a search finds what is the account's alone, too. */
  maySearch(account: Account | undefined): Promise<boolean>
}
