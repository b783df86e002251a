import { matchesGlob } from 'node:path'

/** What holds for some repositories. */
export interface RepositoryPolicy {
  /** Their names, as a pattern: `*` within a component, `**` over all. */
  repositories: string
  /** Bytes that the blobs of one of them may have in all. */
  quotaBytes?: number | undefined
  /** Tags that, once set, stay as they are: patterns with `*`. */
  immutableTags?: readonly string[] | undefined
  /** What is let go as time goes by (default: nothing). */
  retention?: RetentionRule | undefined
}

export interface RetentionRule {
  /** Tags that always stay: patterns with `*`. */
  keepTags?: readonly string[] | undefined
  /** So many of the others, the newest, stay. */
  keepNewest?: number | undefined
  /** Those set within so many days stay. */
  keepDays?: number | undefined
  /** Manifests that neither tag, index nor subject holds stay for so many days (default: for ever). */
  keepUntaggedDays?: number | undefined
}

/** The policies of a registry; for each question the first that has an answer for the repository counts. */
export class Policies {
  readonly #policies: readonly RepositoryPolicy[]

  constructor(policies: readonly RepositoryPolicy[] = []) {
    this.#policies = policies
  }

  quotaBytes(repository: string): number {
    return this.#first(repository, ({ quotaBytes }) => quotaBytes) ?? Infinity
  }

  retention(repository: string): RetentionRule | undefined {
    return this.#first(repository, ({ retention }) => retention)
  }

  isImmutable(repository: string, tag: string): boolean {
    const patterns = this.#first(repository, ({ immutableTags }) => immutableTags) ?? []
    return patterns.some((pattern) => matchesGlob(tag, pattern))
  }

  #first<T>(repository: string, answer: (policy: RepositoryPolicy) => T | undefined): T | undefined {
    const policy = this.#policies.find(
      (candidate) => answer(candidate) !== undefined && matchesGlob(repository, candidate.repositories),
    )
    return policy && answer(policy)
  }
}
