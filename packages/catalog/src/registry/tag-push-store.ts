import type { CatalogReader, CatalogWriter } from '../database/catalog-database.ts'

/** Who pushed a tag last. */
export async function putTagPush(
  db: CatalogWriter,
  push: { repositoryId: number; tag: string; account: string | undefined; pushedAt: number },
): Promise<void> {
  const last = { account: push.account ?? null, pushed_at: push.pushedAt }
  await db
    .insertInto('hub_tag_pushes')
    .values({ repository_id: push.repositoryId, tag: push.tag, ...last })
    .onConflict((conflict) => conflict.columns(['repository_id', 'tag']).doUpdateSet(last))
    .execute()
}

export async function deleteTagPushes(
  db: CatalogWriter,
  { repositoryId, tag }: { repositoryId: number; tag: string },
): Promise<void> {
  await db
    .deleteFrom('hub_tag_pushes')
    .where('repository_id', '=', repositoryId)
    .where('tag', '=', tag)
    .execute()
}

export async function listTagPushers(
  db: CatalogReader,
  repositoryId: number,
  tags: readonly string[],
): Promise<Map<string, string>> {
  if (tags.length === 0) return new Map()
  const rows = await db
    .selectFrom('hub_tag_pushes')
    .select(['tag', 'account'])
    .where('repository_id', '=', repositoryId)
    .where('tag', 'in', tags)
    .execute()
  return new Map(rows.flatMap(({ tag, account }) => (account === null ? [] : [[tag, account]])))
}
