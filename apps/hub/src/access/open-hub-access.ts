import { openAccess } from '@berth/registry-server'
import type { AccessSettings, HtpasswdSettings } from '../config/access-settings.ts'
import type { HubAccess, HubAccessOptions } from './hub-access.ts'
import { answerToken, tokenOptions } from './token-service.ts'

/** Opens what the settings ask for; `stack` closes it. What is not asked for is not loaded. */
export async function openHubAccess(settings: AccessSettings, options: HubAccessOptions): Promise<HubAccess> {
  switch (settings.kind) {
    case 'open':
      return { policy: openAccess, handle: async () => false }
    case 'htpasswd':
      return openHtpasswdAccess(settings, options)
    case 'accounts': {
      const { openAccounts } = await import('../accounts/open-accounts.ts')
      return openAccounts(settings, options)
    }
    default:
      return settings satisfies never
  }
}

async function openHtpasswdAccess(settings: HtpasswdSettings, options: HubAccessOptions): Promise<HubAccess> {
  const { openBasicAccess, openTokenAccess, LoginLimits } = await import('@berth/registry-server')
  const { openHtpasswdFile } = await import('./htpasswd-file.ts')
  const accounts = await openHtpasswdFile(settings, options.logger)
  const logins = new LoginLimits({ processes: options.workers })
  if (settings.scheme === 'basic')
    return { policy: openBasicAccess(accounts, logins), handle: async () => false }
  const tokens = await openTokenAccess({ ...(await tokenOptions(settings, options)), accounts, logins })
  return { policy: tokens.policy, handle: (request, response) => answerToken(tokens, request, response) }
}
