import { readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  openAccess,
  type AccessPolicy,
  type PullMeter,
  type RegistryActivity,
  type RegistryContents,
  type TokenAccess,
} from '@berth/registry-server'
import type { SqlDatabase } from '@berth/sql'
import type { Logger } from '@berth/stdx'
import type { AccessSettings, HtpasswdSettings } from './access-settings.ts'
import type { Origin } from './origin.ts'

/** Where tokens are got. */
const tokenPath = '/auth/token'

const service = 'berth-hub'

/** Who may do what, and what is served beside the registry for that. */
export interface HubAccess {
  policy: AccessPolicy
  /** Answers what is not the registry's; false leaves the request untouched. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<boolean>
  onActivity?: (activity: RegistryActivity) => void
  meterPull?: PullMeter
  /** What who runs the hub should know when it has started, in whole lines. */
  findNotice?: () => Promise<string | undefined>
  /** Begins what one process of a machine does beside answering. */
  startWork?: () => void
}

export interface HubAccessOptions {
  dataDirectory: string
  database: SqlDatabase
  /** What the registry holds, once it is open. */
  findContents: () => RegistryContents
  /** First parts of the names of mirrored repositories. */
  mirroredNamespaces: readonly string[]
  origin: Origin
  stack: AsyncDisposableStack
  logger: Logger
}

/** Opens what the settings ask for; `stack` closes it. What is not asked for is not loaded. */
export async function openHubAccess(settings: AccessSettings, options: HubAccessOptions): Promise<HubAccess> {
  switch (settings.kind) {
    case 'open':
      return { policy: openAccess, handle: async () => false }
    case 'htpasswd':
      return openHtpasswdAccess(settings, options)
    case 'accounts': {
      const { openAccounts } = await import('./accounts/open-accounts.ts')
      return openAccounts(settings, options)
    }
    default:
      return settings satisfies never
  }
}

async function openHtpasswdAccess(settings: HtpasswdSettings, options: HubAccessOptions): Promise<HubAccess> {
  const { htpasswdFile: path, publicRepositories, scheme } = settings
  const { openBasicAccess, openHtpasswd, openTokenAccess } = await import('@berth/registry-server')
  const { compare } = await import('bcryptjs')
  const accounts = await openHtpasswd({ path, publicRepositories, compare })
  if (scheme === 'basic') return { policy: openBasicAccess(accounts), handle: async () => false }
  const tokens = await openTokenAccess({ ...(await tokenOptions(settings, options)), accounts })
  return { policy: tokens.policy, handle: (request, response) => answerToken(tokens, request, response) }
}

/** Options of the token service that are the same for all accounts. */
export async function tokenOptions(
  { tokenKeyFile }: { tokenKeyFile: string | undefined },
  { database, origin, logger }: HubAccessOptions,
) {
  return {
    ...(tokenKeyFile !== undefined && { signingKey: await readFile(tokenKeyFile) }),
    database,
    service,
    realm: (headers: IncomingMessage['headers']) => `${origin.of(headers)}${tokenPath}`,
    logger,
  }
}

/** Answers a request for a token; false for any other. */
export async function answerToken(
  tokens: TokenAccess,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const { url } = request
  if (url !== tokenPath && url?.startsWith(`${tokenPath}?`) !== true) return false
  await tokens.handle(request, response)
  return true
}
