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
  /** Undefined when the account is gone. */
  findAccount(name: string): Promise<Account | undefined>
  /** What the account, or with undefined everyone, may do with a repository that is there or could be. */
  actions(account: Account | undefined, repository: string): Promise<ReadonlySet<RepositoryAction>>
  /** Whether the list of all repositories may be seen. */
  mayListRepositories(account: Account | undefined): Promise<boolean>
}
