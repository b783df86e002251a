import { readFile } from 'node:fs/promises'
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { openBasicAccess, openHtpasswd, openTokenAccess, type AccessPolicy } from '@berth/registry-server'
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
  dataDirectory: string
  isTls: boolean
  stack: AsyncDisposableStack
  logger: Logger
}

/** Opens what the settings ask for; `stack` closes it. */
export async function openHubAccess(
  settings: AccessSettings,
  { dataDirectory, isTls, stack, logger }: HubAccessOptions,
): Promise<HubAccess> {
  const { htpasswdFile: path, publicRepositories, scheme } = settings
  const accounts = await openHtpasswd({ path, publicRepositories, compare })
  if (scheme === 'basic')
    return { policy: openBasicAccess(accounts), isTokenRequest: () => false, handleToken: async () => {} }
  // The client's own name for this server is the one it can reach.
  const realm = ({ host }: IncomingHttpHeaders) =>
    `${isTls ? 'https' : 'http'}://${/^[\w.:[\]-]+$/.test(host ?? '') ? host : 'localhost'}${tokenPath}`
  const directory = join(dataDirectory, 'access')
  const key = settings.tokenKeyFile === undefined ? {} : { signingKey: await readFile(settings.tokenKeyFile) }
  const tokens = stack.use(await openTokenAccess({ directory, accounts, service, realm, logger, ...key }))
  return {
    policy: tokens.policy,
    isTokenRequest: ({ url }) => url === tokenPath || url?.startsWith(`${tokenPath}?`) === true,
    handleToken: (request, response) => tokens.handle(request, response),
  }
}
