/** Somebody who has shown who they are. */
export interface Account {
  name: string
}

export type RepositoryAction = 'pull' | 'push' | 'delete'

/**
 * Who there is and what they may do. Asked with every login and every token, so that what is taken away is gone with the
 * next token.
 */
export interface Accounts {
  /** Undefined for an unknown name as for a wrong password, after the same time. */
  authenticate(name: string, password: string): Promise<Account | undefined>
  /** Whether a password looks like one that was made by these accounts and is too long to be guessed. */
  isRandomSecret?(password: string): boolean
  /** What the account, or with undefined everyone, may do with a repository that is there or could be. */
  actions(account: Account | undefined, repository: string): Promise<ReadonlySet<RepositoryAction>>
  /**
   * When what was granted for a repository of that name was last revoked, in milliseconds since the epoch, if lately: by
   * deletion, since another may have the name now, or since fewer may use it.
   */
  findRevokedAt?(repository: string): Promise<number | undefined>
  /** Whether the list of all repositories may be seen. */
  mayListRepositories(account: Account | undefined): Promise<boolean>
  /** Whether a search finds what is the account's alone, too. */
  maySearch(account: Account | undefined): Promise<boolean>
}
