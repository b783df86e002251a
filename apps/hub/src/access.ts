import { readFile } from 'node:fs/promises'
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { openBasicAccess, openHtpasswd, openTokenAccess, type AccessPolicy } from '@berth/registry-server'
import type { SqlDatabase } from '@berth/sql'
import type { Logger } from '@berth/stdx'
import { compare } from 'bcryptjs'
import type { AccessSettings } from './access-settings.ts'

/** Where tokens are got. */
const tokenPath = '/auth/token'

const service = 'berth-hub'

/** Who may do what, and who gives the tokens that say so. */
export interface HubAccess {
  policy: AccessPolicy
  isTokenRequest(request: IncomingMessage): boolean
  handleToken(request: IncomingMessage, response: ServerResponse): Promise<void>
}

export interface HubAccessOptions {
  database: SqlDatabase
  isTls: boolean
  logger: Logger
}

/** Opens what the settings ask for. */
export async function openHubAccess(
  settings: AccessSettings,
  { database, isTls, logger }: HubAccessOptions,
): Promise<HubAccess> {
  const { htpasswdFile: path, publicRepositories, scheme } = settings
  const accounts = await openHtpasswd({ path, publicRepositories, compare })
  if (scheme === 'basic')
    return { policy: openBasicAccess(accounts), isTokenRequest: () => false, handleToken: async () => {} }
  // The client's own name for this server is the one it can reach.
  const realm = ({ host }: IncomingHttpHeaders) =>
    `${isTls ? 'https' : 'http'}://${/^[\w.:[\]-]+$/.test(host ?? '') ? host : 'localhost'}${tokenPath}`
  const key = settings.tokenKeyFile === undefined ? {} : { signingKey: await readFile(settings.tokenKeyFile) }
  const tokens = await openTokenAccess({ database, accounts, service, realm, logger, ...key })
  return {
    policy: tokens.policy,
    isTokenRequest: ({ url }) => url === tokenPath || url?.startsWith(`${tokenPath}?`) === true,
    handleToken: (request, response) => tokens.handle(request, response),
  }
}
