import type { Adoption, CatalogContents } from '../catalog.ts'
import type { CatalogDatabase, CatalogReader } from '../database/catalog-database.ts'
import { isOfficialName, isRepositoryName, namespaceOf } from '../names.ts'
import { findNamespace } from '../organizations/namespace-store.ts'
import { createRepositoryRecord } from '../repositories/create-repository.ts'

export interface AdoptOptions {
  database: CatalogDatabase
  contents: Pick<CatalogContents, 'listRepositories' | 'listTags'>
  /** What is not the hub's own. */
  isForeign: (repository: string) => boolean
}

/** Names that are asked for at once. */
const batch = 500
/** Of what was pushed a moment ago the catalog is about to be told, and everyone may see that. */
const settledMs = 5 * 60 * 1000
/** Who may see what was there before there were accounts is for its owner to say, and the plan is asked by what comes. */
const form = { description: '', fullDescription: '', categories: [], source: undefined }
const nobody = { account: undefined, address: '' }

export async function adoptRepositories(options: AdoptOptions): Promise<Adoption> {
  const { database, contents, isForeign } = options
  const adopted: string[] = []
  let ownerless = 0
  let names: string[] = []
  do {
    names = await contents.listRepositories({ last: names.at(-1) ?? '', limit: batch })
    const own = names.filter((name) => isRepositoryName(name) && !isForeign(name))
    for (const name of await listUnknown(database.db, own)) {
      if (!(await isSettled(options, name))) continue
      if (await adoptRepository(database, name)) adopted.push(name)
      else ownerless++
    }
  } while (names.length === batch)
  return { adopted, ownerless }
}

async function listUnknown(db: CatalogReader, names: readonly string[]): Promise<string[]> {
  if (names.length === 0) return []
  const rows = await db.selectFrom('hub_repositories').select('name').where('name', 'in', names).execute()
  const known = new Set(rows.map(({ name }) => name))
  return names.filter((name) => !known.has(name))
}

async function isSettled({ contents, database }: AdoptOptions, name: string): Promise<boolean> {
  const [tag] = await contents.listTags(name, { last: '', limit: 1 })
  return tag !== undefined && tag.updatedAt <= database.now() - settledMs
}

/** False for want of an owner. */
function adoptRepository(database: CatalogDatabase, name: string): Promise<boolean> {
  return database.write(async (transaction) => {
    const namespace = await findNamespace(transaction, namespaceOf(name))
    if (!namespace) return false
    const isPrivate = !isOfficialName(name)
    const repository = { ...form, namespaceId: namespace.id, name, isPrivate, by: nobody }
    await createRepositoryRecord(database, transaction, repository)
    return true
  })
}
