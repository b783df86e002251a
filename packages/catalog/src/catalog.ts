import type { Digest } from '@berth/oci'
import type { AccessTokens, Accounts, Sessions, SignedIn } from './accounts.ts'
import type { Images } from './images.ts'
import type { Organizations } from './organizations.ts'
import type { Repositories, RepositoryPermission } from './repositories.ts'
import type { Account, TokenScope } from './viewer.ts'
import type { AuditLog, Webhooks } from './webhooks.ts'

/**
 * The people and repositories of a hub. It knows no HTTP, and of the registry only `CatalogContents`. Disposing writes what
 * was counted; the database stays open.
 */
export interface Catalog extends AsyncDisposable {
  readonly accounts: Accounts
  readonly tokens: AccessTokens
  readonly sessions: Sessions
  readonly organizations: Organizations
  readonly repositories: Repositories
  readonly images: Images
  readonly webhooks: Webhooks
  readonly audit: AuditLog
  readonly registry: RegistryGate
  /**
   * Lets search find what a version wrote that searched otherwise; with nothing of that kind it does nothing. Until it is
   * done search finds less, the most popular first. Returns how many entries it has looked at.
   */
  fillSearch(options?: FillOptions): Promise<number>
  /** Removes sessions, audit entries and deliveries whose time is over. */
  sweep(): Promise<void>
}

export interface FillOptions {
  /** Ends it after a moment; it goes on where it was the next time. */
  signal?: AbortSignal
  /** Told of the entries so far, now and then. */
  onProgress?: (entries: number) => void
}

/** What the registry asks the catalog, and tells it. */
export interface RegistryGate {
  /**
   * What a login may do with a repository that is there or could be: pushing to a new name in one's own namespace
   * makes a public repository. Undefined account is everyone.
   */
  permissionFor(
    login: { account: Account; scope: TokenScope } | undefined,
    repository: string,
  ): Promise<RepositoryPermission | undefined>
  /**
   * A login that somebody had a moment ago, as it counts now: undefined when the account is gone or disabled, or the access
   * token or the session that it was for is no more.
   */
  findLogin(login: { name: string } & Omit<SignedIn, 'account'>): Promise<SignedIn | undefined>
  /**
   * Takes in what the registry holds and the catalog was never told of, such as what it held before there were accounts:
   * for the namespace's owner alone, or public below `library/`. `isForeign` names what is not the hub's own.
   */
  adoptRepositories(options: { isForeign: (repository: string) => boolean }): Promise<Adoption>
  /** Notes a push (making the repository when it is new), a pull or a deletion. Pulls are counted in groups. */
  noteActivity(activity: RegistryNote): void
  /** Waits until what was noted is in the database. */
  flush(): Promise<void>
}

export interface Adoption {
  /** Names that have an owner now. */
  adopted: readonly string[]
  /** How many nobody owns, for want of an account or an organization of that name. */
  ownerless: number
}

export interface RegistryNote {
  kind: 'push' | 'pull' | 'delete'
  repository: string
  digest?: Digest
  tags: readonly string[]
  account: string | undefined
  /** Where it was asked for from, for the audit log; none when the hub did it by itself. */
  address?: string
}

/** What the catalog needs of a registry's content. */
export interface CatalogContents {
  listRepositories(page: { last: string; limit: number }): Promise<string[]>
  listTags(
    repository: string,
    page: { last: string; limit: number },
  ): Promise<{ name: string; digest: Digest; mediaType: string; updatedAt: number }[]>
  /** Throws a `not-found` error. */
  getManifest(
    repository: string,
    reference: { tag: string } | { digest: Digest },
  ): Promise<{ digest: Digest; mediaType: string; bytes: Uint8Array }>
  readBlob(repository: string, digest: Digest, limitBytes: number): Promise<Uint8Array>
  listReferrers(
    repository: string,
    subject: Digest,
    page: { last: string; limit: number },
  ): Promise<
    {
      digest: Digest
      mediaType: string
      sizeBytes: number
      artifactType: string | undefined
      annotations: Record<string, string> | undefined
    }[]
  >
  deleteManifest(repository: string, reference: { tag: string }): Promise<void>
  deleteRepository(repository: string): Promise<boolean>
}
