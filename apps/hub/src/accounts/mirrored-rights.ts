import { matchesGlob } from 'node:path'
import type { SignedIn } from '@berth/catalog'

/** Who may pull copies of other registries' repositories: every account, and everyone what is named public. */
export class MirroredRights {
  readonly #namespaces: ReadonlySet<string>
  readonly #publicPatterns: readonly string[]

  constructor(namespaces: readonly string[], publicPatterns: readonly string[]) {
    this.#namespaces = new Set(namespaces)
    this.#publicPatterns = publicPatterns
  }

  isMirrored(repository: string): boolean {
    return this.#namespaces.has(repository.split('/', 1)[0] ?? '')
  }

  mayPull(login: SignedIn | undefined, repository: string): boolean {
    return login !== undefined || this.#publicPatterns.some((pattern) => matchesGlob(repository, pattern))
  }
}
