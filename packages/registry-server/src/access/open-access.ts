import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import type { SqlDatabase } from '@berth/sql'
import type { Logger } from '@berth/stdx'
import type { AccessPolicy } from '../access-policy.ts'
import { accessMigrations, type AccessSchema } from './access-schema.ts'
import type { Accounts } from './accounts.ts'
import { basicAccess } from './basic-access.ts'
import { givenSigningKey } from './given-signing-key.ts'
import { LoginGuard } from './login-guard.ts'
import { LoginLimits } from './login-limits.ts'
import { passwordRefreshTokens, type PasswordAccounts, type RefreshTokens } from './refresh-tokens.ts'
import { RefreshTokenStore } from './refresh-token-store.ts'
import { SigningKeyStore } from './signing-key-store.ts'
import { SigningKeys } from './signing-keys.ts'
import { tokenAccess } from './token-access.ts'
import { TokenService } from './token-service.ts'

/** Name and password with every request. */
export function openBasicAccess(accounts: Accounts, logins = new LoginLimits()): AccessPolicy {
  return basicAccess(accounts, new LoginGuard(accounts, logins))
}

/** A policy and the token service that goes with it. */
export interface TokenAccess {
  policy: AccessPolicy
  /** Answers the requests to `realm`. Never rejects. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>
  /** Signs with a new key from now on. */
  rotateKeys(): Promise<void>
}

export type OpenTokenAccessOptions = TokenAccessOptions &
  (OwnLogins | { accounts: Accounts; refreshTokens: RefreshTokens })

/** Logins that last are kept in the database. */
interface OwnLogins {
  accounts: PasswordAccounts
  refreshTokens?: undefined
}

interface TokenAccessOptions {
  /** Where keys and logins are kept; keys are made when there are none. Several processes share them. */
  database: SqlDatabase
  /** The service's name in tokens and challenges. */
  service: string
  /** Where `handle` is reached, as the sender of these headers sees it. */
  realm: (headers: IncomingHttpHeaders) => string
  /** Signs in place of those keys: PEM, P-256. Whoever keeps it changes it. */
  signingKey?: string | Uint8Array
  /** How often passwords may be tried, when that is counted together with other places to log in. */
  logins?: LoginLimits
  logger: Logger
  /** Milliseconds since the epoch (default: the machine's clock). */
  now?: () => number
}

/** Tokens of a token service of our own: distribution token specification. */
export async function openTokenAccess(options: OpenTokenAccessOptions): Promise<TokenAccess> {
  const { database, accounts, service, realm, now = Date.now } = options
  await database.migrate('access', accessMigrations)
  const tables = database.tables<AccessSchema>()
  const logger = options.logger.named('access')
  const ownKeys = new SigningKeys(new SigningKeyStore(tables), now)
  const keys = options.signingKey === undefined ? ownKeys : givenSigningKey(options.signingKey)
  await keys.current()
  const refreshTokens =
    options.refreshTokens ?? passwordRefreshTokens(new RefreshTokenStore(tables, now), options.accounts)
  const guard = new LoginGuard(accounts, options.logins ?? new LoginLimits({ now }))
  const issuer = service
  const tokens = new TokenService({ accounts, guard, keys, refreshTokens, issuer, service, now, logger })
  return {
    policy: tokenAccess({ keys, accounts, issuer, service, realm, now }),
    handle: (request, response) => tokens.handle(request, response),
    async rotateKeys() {
      await ownKeys.rotate()
    },
  }
}
