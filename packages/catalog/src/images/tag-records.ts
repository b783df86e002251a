import { isCoded } from '@berth/stdx'
import type { CatalogContents } from '../catalog.ts'

type Contents = Pick<CatalogContents, 'listTags'>
export type TagRecord = Awaited<ReturnType<Contents['listTags']>>[number]

const pageMax = 500
/** The first so many by name; a repository with more is for programs. */
const tagsMax = 10_000

/** All tags of which `filter` is part; none for a repository into which nothing was pushed yet. */
export async function listTagRecords(
  contents: Contents,
  repository: string,
  filter = '',
): Promise<TagRecord[]> {
  const tags: TagRecord[] = []
  for (let last = '', read = 0; read < tagsMax; read += pageMax) {
    const page = await listPage(contents, repository, { last, limit: pageMax })
    tags.push(...page.filter(({ name }) => name.includes(filter)))
    if (page.length < pageMax) break
    last = page.at(-1)?.name ?? ''
  }
  return tags
}

export async function findTagRecord(
  contents: Contents,
  repository: string,
  tag: string,
): Promise<TagRecord | undefined> {
  const [first] = await listPage(contents, repository, { last: justBefore(tag), limit: 1 })
  return first?.name === tag ? first : undefined
}

/** Sorts after every tag that is before `tag`, and before it: no tag has a `~`. */
function justBefore(tag: string): string {
  const end = tag.charCodeAt(tag.length - 1)
  return `${tag.slice(0, -1)}${String.fromCharCode(end - 1)}~`
}

async function listPage(
  contents: Contents,
  repository: string,
  page: { last: string; limit: number },
): Promise<TagRecord[]> {
  try {
    return await contents.listTags(repository, page)
  } catch (error) {
    if (isCoded(error, 'not-found')) return []
    throw error
  }
}
