import { CodedError } from '@berth/stdx'
import type { CatalogDatabase } from '../database/catalog-database.ts'
import { findMemberRole } from '../organizations/member-store.ts'
import { findNamespace } from '../organizations/namespace-store.ts'
import { parsePaging } from '../paging.ts'
import { noSuch, refusal, requirePerson } from '../refusals.ts'
import type { Listed, Paging, Viewer } from '../viewer.ts'
import type { AuditEntry, AuditLog } from '../webhooks.ts'
import { listAuditEntries } from './audit-store.ts'

const actionPattern = /^[a-z_.]{1,60}$/

export class CatalogAudit implements AuditLog {
  readonly #database: CatalogDatabase

  constructor(database: CatalogDatabase) {
    this.#database = database
  }

  async listAudit(
    viewer: Viewer,
    namespace: string,
    options: Paging & { action?: string; from?: number; to?: number },
  ): Promise<Listed<AuditEntry>> {
    const action = 'read the audit log'
    const page = parsePaging(options)
    const account = requirePerson(viewer, action)
    const { db } = this.#database
    const found = await findNamespace(db, namespace)
    if (!found) throw noSuch('namespace', namespace)
    const isTheirs =
      account.isAdministrator ||
      account.id === found.id ||
      (await findMemberRole(db, { organizationId: found.id, accountId: account.id })) === 'owner'
    if (!isTheirs) throw refusal(viewer, action)
    if (options.action !== undefined && !actionPattern.test(options.action)) return { count: 0, entries: [] }
    const [from, to] = [options.from, options.to].map(parseTime)
    return listAuditEntries(db, { namespaceId: found.id, action: options.action, from, to, ...page })
  }
}

function parseTime(time: number | undefined): number | undefined {
  if (time === undefined || Number.isSafeInteger(time)) return time
  throw new CodedError('invalid-argument', 'Cannot read the audit log: a time is in milliseconds')
}
