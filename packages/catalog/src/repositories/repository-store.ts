import { sql } from 'kysely'
import type { CatalogReader, CatalogWriter } from '../database/catalog-database.ts'
import { isOfficialName, isRepositoryName } from '../names.ts'
import type { ListRepositories, Repository } from '../repositories.ts'
import { heldBy, levelFor, permissionOfLevel, type Level, type RightsHolder } from '../rights.ts'

/** A repository as one viewer meets it; with level 0 it is not there for them. */
export interface RepositoryRecord extends Repository {
  id: number
  namespaceId: number
  level: Level
  /** What leaves the catalog. */
  shown: Repository
}

/** `name` may be any text. */
export async function findRepositoryRecord(
  db: CatalogReader,
  viewer: RightsHolder,
  name: string,
): Promise<RepositoryRecord | undefined> {
  if (!isRepositoryName(name)) return undefined
  const row = await selectRepositories(db, viewer).where('r.name', '=', name).executeTakeFirst()
  return row && toRecord(row)
}

export interface NamespaceQuery extends Pick<ListRepositories, 'filter' | 'ordering'> {
  namespaceId: number
  offset: number
  limit: number
}

export async function listRepositoryRecords(
  db: CatalogReader,
  viewer: RightsHolder,
  { namespaceId, filter = '', ordering = 'name', offset, limit }: NamespaceQuery,
): Promise<{ count: number; entries: RepositoryRecord[] }> {
  const pattern = namePattern(filter)
  if (pattern === undefined) return { count: 0, entries: [] }
  const isMatch = sql<boolean>`r.namespace_id = ${namespaceId} AND r.name LIKE ${pattern} ESCAPE '!'
    AND ${levelFor(viewer)} >= 1`
  const { count } = await db
    .selectFrom('hub_repositories as r')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where(isMatch)
    .executeTakeFirstOrThrow()
  const [column, direction] = orderings[ordering]
  const rows = await selectRepositories(db, viewer)
    .where(isMatch)
    .orderBy(column, direction)
    .orderBy('r.name')
    .limit(limit)
    .offset(offset)
    .execute()
  return { count, entries: rows.map(toRecord) }
}

export async function listNamespaceRepositories(
  db: CatalogReader,
  namespaceId: number,
  limit: number,
): Promise<{ id: number; name: string }[]> {
  return db
    .selectFrom('hub_repositories')
    .select(['id', 'name'])
    .where('namespace_id', '=', namespaceId)
    .orderBy('name')
    .limit(limit)
    .execute()
}

export async function countPrivate(db: CatalogReader, namespaceId: number): Promise<number> {
  const { count } = await db
    .selectFrom('hub_repositories')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('namespace_id', '=', namespaceId)
    .where('is_private', '=', 1)
    .executeTakeFirstOrThrow()
  return count
}

export interface NewRepositoryRecord {
  namespaceId: number
  name: string
  isPrivate: boolean
  description: string
  fullDescription: string
  categories: readonly string[]
  source: string | undefined
  createdAt: number
}

/** The id; undefined when there is one of that name. */
export async function insertRepository(
  db: CatalogWriter,
  form: NewRepositoryRecord,
): Promise<number | undefined> {
  const row = await db
    .insertInto('hub_repositories')
    .values({
      namespace_id: form.namespaceId,
      name: form.name,
      is_private: Number(form.isPrivate),
      description: form.description,
      full_description: form.fullDescription,
      categories: JSON.stringify(form.categories),
      source: form.source ?? null,
      created_at: form.createdAt,
      updated_at: form.createdAt,
    })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .returning('id')
    .executeTakeFirst()
  return row?.id
}

/** What is undefined stays as it is. */
export interface RepositoryRecordChange {
  isPrivate?: boolean | undefined
  description?: string | undefined
  fullDescription?: string | undefined
  categories?: readonly string[] | undefined
  source?: string | null | undefined
  updatedAt: number
}

export async function updateRepositoryRecord(
  db: CatalogWriter,
  id: number,
  change: RepositoryRecordChange,
): Promise<void> {
  await db
    .updateTable('hub_repositories')
    .set({
      is_private: change.isPrivate === undefined ? undefined : Number(change.isPrivate),
      description: change.description,
      full_description: change.fullDescription,
      categories: change.categories && JSON.stringify(change.categories),
      source: change.source,
      updated_at: change.updatedAt,
    })
    .where('id', '=', id)
    .execute()
}

const orderings = {
  name: ['r.name', 'asc'],
  '-name': ['r.name', 'desc'],
  last_updated: ['r.updated_at', 'asc'],
  '-last_updated': ['r.updated_at', 'desc'],
  pull_count: ['r.pull_count', 'asc'],
  '-pull_count': ['r.pull_count', 'desc'],
} as const satisfies Record<NonNullable<ListRepositories['ordering']>, unknown>

/** Whether `text` is the name of an ordering, and not of something else that an object has. */
export const isListOrdering = (text: string): boolean => Object.hasOwn(orderings, text)

/** Undefined for text that is part of no name. */
function namePattern(filter: string): string | undefined {
  const part = filter.trim().toLowerCase()
  if (!/^[a-z0-9._/-]{0,255}$/.test(part)) return undefined
  return `%/%${part.replaceAll('_', '!_')}%`
}

export function selectRepositories(db: CatalogReader, viewer: RightsHolder) {
  const account = heldBy(viewer)
  return db
    .selectFrom('hub_repositories as r')
    .select(['r.id', 'r.namespace_id', 'r.name', 'r.is_private', 'r.description', 'r.full_description'])
    .select(['r.categories', 'r.source', 'r.star_count', 'r.pull_count', 'r.created_at', 'r.updated_at'])
    .select(levelFor(viewer).as('level'))
    .select(
      account
        ? sql<number>`(SELECT count(*) FROM hub_stars s WHERE s.repository_id = r.id AND s.account_id = ${account.id})`.as(
            'is_starred',
          )
        : sql<number>`0`.as('is_starred'),
    )
}

type RepositoryRow = Awaited<ReturnType<ReturnType<typeof selectRepositories>['execute']>>[number]

export function toRecord(row: RepositoryRow): RepositoryRecord {
  const shown: Repository = {
    name: row.name,
    isPrivate: row.is_private === 1,
    isOfficial: isOfficialName(row.name),
    isAutomated: row.source !== null,
    description: row.description,
    fullDescription: row.full_description,
    categories: JSON.parse(row.categories) as string[],
    source: row.source ?? undefined,
    starCount: row.star_count,
    pullCount: row.pull_count,
    isStarredByViewer: row.is_starred > 0,
    permission: permissionOfLevel(row.level) ?? 'read',
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
  return { ...shown, shown, id: row.id, namespaceId: row.namespace_id, level: row.level }
}

/** The repository's id, if it is there. */
export async function addPullCount(
  db: CatalogWriter,
  name: string,
  count: number,
): Promise<number | undefined> {
  const row = await db
    .updateTable('hub_repositories')
    .set((columns) => ({ pull_count: columns('pull_count', '+', count) }))
    .where('name', '=', name)
    .returning('id')
    .executeTakeFirst()
  return row?.id
}
