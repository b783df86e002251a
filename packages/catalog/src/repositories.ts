import type { Listed, Paging, Viewer } from './viewer.ts'

/** What somebody may do with a repository, each with all that comes before it. */
export type RepositoryPermission = 'read' | 'write' | 'admin'

/** What the hub knows of repositories: whose they are, who sees them, what is said of them. */
export interface Repositories {
  /** Throws `not-found` for one that the viewer may not see. `name` is `namespace/name`. */
  getRepository(viewer: Viewer, name: string): Promise<Repository>
  /** What the viewer may do: undefined when they may not even see it, or it is not there. */
  permissionOf(viewer: Viewer, name: string): Promise<RepositoryPermission | undefined>
  /** Those of a namespace that the viewer may see. */
  listRepositories(viewer: Viewer, namespace: string, options: ListRepositories): Promise<Listed<Repository>>
  /**
   * Public unless asked for otherwise. Throws `already-exists`, `forbidden` for a namespace that is not the viewer's,
   * and `failed-precondition`, in the plan's words, for one private repository too many.
   */
  createRepository(viewer: Viewer, form: NewRepository): Promise<Repository>
  /** Descriptions, categories, the source, for who may write; visibility and marks have their own calls. */
  updateRepository(viewer: Viewer, name: string, change: RepositoryChange): Promise<Repository>
  /** Throws as `createRepository` does when it becomes private. */
  setPrivate(viewer: Viewer, name: string, isPrivate: boolean): Promise<Repository>
  /** With its tags and manifests. */
  deleteRepository(viewer: Viewer, name: string): Promise<void>

  setStarred(viewer: Viewer, name: string, isStarred: boolean): Promise<void>
  /** What an account has starred, as far as the viewer may see it. */
  listStarred(viewer: Viewer, account: string, paging: Paging): Promise<Listed<Repository>>

  listCollaborators(
    viewer: Viewer,
    name: string,
  ): Promise<{ account: string; permission: RepositoryPermission }[]>
  /** Undefined takes it away. */
  setCollaborator(
    viewer: Viewer,
    name: string,
    of: { account: string; permission: RepositoryPermission | undefined },
  ): Promise<void>

  /** How many of the namespace's private repositories are used, and how many its plan has; for whose it is. */
  getPrivateUse(viewer: Viewer, namespace: string): Promise<{ used: number; available: number }>

  search(viewer: Viewer, query: SearchQuery): Promise<Listed<SearchResult>>
}

export interface Repository {
  /** `namespace/name` */
  name: string
  isPrivate: boolean
  /** Under `library/`. */
  isOfficial: boolean
  /** A source is named that it is built from. */
  isAutomated: boolean
  /** One line of plain text, 100 characters at most. */
  description: string
  /** Markdown, 25,000 bytes at most. */
  fullDescription: string
  categories: readonly string[]
  /** URL of the git repository that it is built from. */
  source: string | undefined
  starCount: number
  pullCount: number
  isStarredByViewer: boolean
  permission: RepositoryPermission
  createdAt: number
  /** When something was last pushed or changed. */
  updatedAt: number
}

export interface NewRepository extends RepositoryChange {
  name: string
  isPrivate?: boolean
}

export interface RepositoryChange {
  description?: string
  fullDescription?: string
  categories?: readonly string[]
  /** `null` takes it away. */
  source?: string | null
}

export interface ListRepositories extends Paging {
  /** Part of the name. */
  filter?: string
  ordering?: 'name' | '-name' | 'last_updated' | '-last_updated' | 'pull_count' | '-pull_count'
}

export interface SearchQuery extends Paging {
  /** Empty for everything, the most starred first. */
  text: string
  isOfficial?: boolean
  isAutomated?: boolean
  /** At least so many. */
  stars?: number
  category?: string
  ordering?: 'best_match' | '-star_count' | '-pull_count' | '-last_updated'
}

export type SearchResult = Pick<
  Repository,
  | 'name'
  | 'description'
  | 'isPrivate'
  | 'isOfficial'
  | 'isAutomated'
  | 'starCount'
  | 'pullCount'
  | 'categories'
  | 'updatedAt'
>
