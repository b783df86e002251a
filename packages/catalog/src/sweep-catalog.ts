import { deleteIdleSessions } from './accounts/session-store.ts'
import type { CatalogDatabase } from './database/catalog-database.ts'
import { deleteAuditBefore } from './events/audit-store.ts'
import { deleteOldDeliveries } from './webhooks/delivery-store.ts'

const dayMs = 24 * 60 * 60 * 1000
const auditKeptMs = 366 * dayMs
const deliveriesKeptMs = 30 * dayMs
const deliveriesMax = 100

/** Removes what nobody asks for any more; each by itself, so that none holds up what others write. */
export async function sweepCatalog({ now, write }: CatalogDatabase): Promise<void> {
  const at = now()
  await write((transaction) => deleteIdleSessions(transaction, at))
  await write((transaction) => deleteAuditBefore(transaction, at - auditKeptMs))
  await write((transaction) =>
    deleteOldDeliveries(transaction, { before: at - deliveriesKeptMs, keepMax: deliveriesMax }),
  )
}
