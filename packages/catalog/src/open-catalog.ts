import type { SqlDatabase } from '@berth/sql'
import { silentLogger, type Logger } from '@berth/stdx'
import { CatalogAccounts } from './accounts/catalog-accounts.ts'
import { CatalogSessions } from './accounts/catalog-sessions.ts'
import { CatalogTokens } from './accounts/catalog-tokens.ts'
import { Passwords } from './accounts/passwords.ts'
import type { Catalog, CatalogContents } from './catalog.ts'
import { openCatalogDatabase } from './database/catalog-database.ts'
import { CatalogAudit } from './events/catalog-audit.ts'
import { CatalogImages } from './images/catalog-images.ts'
import { CatalogOrganizations } from './organizations/catalog-organizations.ts'
import { CatalogGate } from './registry/catalog-gate.ts'
import { CatalogRepositories } from './repositories/catalog-repositories.ts'
import { fillSearch } from './search/fill-search.ts'
import { sweepCatalog } from './sweep-catalog.ts'
import { CatalogWebhooks } from './webhooks/catalog-webhooks.ts'

export interface CatalogOptions {
  /** The caller closes it, after the catalog. */
  database: SqlDatabase
  contents: CatalogContents
  logger?: Logger
  /** Milliseconds since the epoch (default: the machine's clock). */
  now?: () => number
  /** Where people see the hub, without a slash at the end: webhooks are told of it (default: http://localhost). */
  publicUrl?: string
  /** Throws `invalid-argument` for the host of a URL that a webhook must not have (default: takes all). */
  checkWebhookHost?: (host: string) => void
  /** Whoever signs up first, while there is no account, becomes an administrator (default: nobody does). */
  firstAccountIsAdministrator?: boolean
}

/** Brings the tables up to date and opens the catalog on them. Several processes may do so on one database. */
export async function openCatalog(options: CatalogOptions): Promise<Catalog> {
  const { contents, logger = silentLogger, now = Date.now, publicUrl = 'http://localhost' } = options
  const { checkWebhookHost = () => {} } = options
  const database = await openCatalogDatabase(options.database, now)
  const tokens = new CatalogTokens(database)
  const repositories = new CatalogRepositories(database, contents)
  const registry = new CatalogGate({ database, contents, logger, publicUrl })
  return {
    accounts: new CatalogAccounts({
      database,
      tokens,
      contents,
      passwords: new Passwords(now),
      firstAccountIsAdministrator: options.firstAccountIsAdministrator ?? false,
    }),
    tokens,
    sessions: new CatalogSessions(database),
    organizations: new CatalogOrganizations(database),
    repositories,
    images: new CatalogImages(database, contents),
    webhooks: new CatalogWebhooks(database, { checkHost: checkWebhookHost }),
    audit: new CatalogAudit(database),
    registry,
    fillSearch: (progress) => fillSearch(database, progress),
    sweep: () => sweepCatalog(database),
    [Symbol.asyncDispose]: () => registry.flush(),
  }
}
