import { matchesGlob } from 'node:path'
import type { RetentionStore, TagTime } from '../metadata/retention-store.ts'
import type { Policies, RetentionRule } from '../policies.ts'
import type { RepositoryStore } from '../metadata/repository-store.ts'

const dayMs = 24 * 60 * 60 * 1000
const pageMax = 500

/** What retention deleted, or would delete: `repository:tag` and `repository@digest`. */
export interface RetentionReport {
  tags: string[]
  manifests: string[]
}

/**
 * Tags that a rule lets go: those that are neither named by it, nor among the newest, nor young. A rule that speaks of
 * neither number nor age keeps all.
 */
export function expiredTags(tags: readonly TagTime[], rule: RetentionRule, now: number): TagTime[] {
  const { keepTags = [], keepNewest, keepDays } = rule
  if (keepNewest === undefined && keepDays === undefined) return []
  const candidates = tags.filter(({ name }) => !keepTags.some((pattern) => matchesGlob(name, pattern)))
  const newestFirst = candidates.toSorted((a, b) => b.updatedAt - a.updatedAt)
  return newestFirst
    .slice(keepNewest ?? 0)
    .filter(({ updatedAt }) => keepDays === undefined || now - updatedAt > keepDays * dayMs)
}

export interface RetentionOptions {
  stores: { repositories: RepositoryStore; retention: RetentionStore }
  policies: Policies
  now: () => number
}

/** Deletes tags and untagged manifests that the policies let go; the bytes go with the next collection. */
export class Retention {
  readonly #options: RetentionOptions

  constructor(options: RetentionOptions) {
    this.#options = options
  }

  async apply({
    dryRun = false,
    signal,
  }: { dryRun?: boolean; signal?: AbortSignal } = {}): Promise<RetentionReport> {
    const report: RetentionReport = { tags: [], manifests: [] }
    for (let last = ''; ;) {
      const { names: page } = await this.#options.stores.repositories.listRepositories({
        last,
        limit: pageMax,
      })
      for (const repository of page) {
        signal?.throwIfAborted()
        const rule = this.#options.policies.retention(repository)
        if (rule) await this.#applyTo({ repository, rule, dryRun, report })
      }
      if (page.length < pageMax) return report
      last = page.at(-1) ?? ''
    }
  }

  async #applyTo({
    repository,
    rule,
    dryRun,
    report,
  }: {
    repository: string
    rule: RetentionRule
    dryRun: boolean
    report: RetentionReport
  }): Promise<void> {
    const { stores, policies, now } = this.#options
    const { retention } = stores
    for (const tag of expiredTags(await retention.listTagTimes(repository), rule, now())) {
      if (policies.isImmutable(repository, tag.name)) continue
      if (dryRun || (await retention.deleteTag(repository, tag)))
        report.tags.push(`${repository}:${tag.name}`)
    }
    if (rule.keepUntaggedDays === undefined) return
    const before = now() - rule.keepUntaggedDays * dayMs
    for (const digest of await retention.listUntagged(repository, before)) {
      if (dryRun || (await retention.deleteUntagged(repository, digest, before)))
        report.manifests.push(`${repository}@${digest}`)
    }
  }
}
