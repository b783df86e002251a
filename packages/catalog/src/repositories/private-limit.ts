import { CodedError } from '@berth/stdx'
import { plans } from '../accounts/plans.ts'
import { lockNamespace, type CatalogDatabase, type CatalogWriter } from '../database/catalog-database.ts'
import { noSuch } from '../refusals.ts'
import { findNamespaceById } from '../organizations/namespace-store.ts'
import { countPrivate } from './repository-store.ts'

/**
 * Throws `failed-precondition` when the namespace's plan has no room for one private repository more. Two that ask at once
 * are counted one after the other: the namespace stays locked until the transaction ends.
 */
export async function refuseOnePrivateTooMany(
  database: CatalogDatabase,
  transaction: CatalogWriter,
  namespaceId: number,
): Promise<void> {
  await lockNamespace(database, transaction, namespaceId)
  const namespace = await findNamespaceById(transaction, namespaceId)
  if (!namespace) throw noSuch('namespace', String(namespaceId))
  if (namespace.kind === 'library')
    throw new CodedError(
      'failed-precondition',
      'Cannot make an official image private: they are for everyone',
    )
  const { name, privateRepositories } = plans[namespace.plan]
  if ((await countPrivate(transaction, namespaceId)) < privateRepositories) return
  throw new CodedError(
    'failed-precondition',
    `No more private repositories available: the ${name} plan has ${privateRepositories}`,
    { hint: 'Make another one public, or move to a plan with more.' },
  )
}
