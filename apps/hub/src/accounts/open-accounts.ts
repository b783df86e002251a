import type { IncomingMessage } from 'node:http'
import { openCatalog } from '@berth/catalog'
import { createPages, type Pages } from '@berth/hub-web'
import { clientAddress, LoginLimits, openTokenAccess } from '@berth/registry-server'
import { isCoded } from '@berth/stdx'
import type { AccountsSettings } from '../config/access-settings.ts'
import type { ApiServices } from '../api/api-call.ts'
import { HubApi } from '../api/hub-api.ts'
import type { HubAccess, HubAccessOptions } from '../access/hub-access.ts'
import { limitedSignIn } from '../limits/limited-sign-in.ts'
import { limitedSignUp } from '../limits/limited-sign-up.ts'
import { createPullMeter } from '../limits/pull-limits.ts'
import { RequestLimits } from '../limits/request-limits.ts'
import { answerToken, tokenOptions } from '../access/token-service.ts'
import { deliverWebhooks } from '../webhooks/deliver-webhooks.ts'
import { refuseInnerHost } from '../webhooks/reachable-address.ts'
import { CatalogAccounts } from './catalog-accounts.ts'
import { searcherFinder } from './find-searcher.ts'
import { lateContents } from './late-contents.ts'
import { MirroredRights } from './mirrored-rights.ts'
import { activityNoter } from './note-activity.ts'
import { refuseReservedNames } from './refuse-reserved-names.ts'
import { sessionTokens } from './session-tokens.ts'
import { tendCatalog } from './tend-catalog.ts'

/** A hub's people: who signs in to the registry, the API and the pages. `stack` closes it. */
export async function openAccounts(
  settings: AccountsSettings,
  options: HubAccessOptions,
): Promise<HubAccess> {
  const { database, stack, logger, origin, openCounter } = options
  refuseReservedNames(options.mirroredNamespaces)
  const { webhookNetworks } = settings.hub
  const catalog = stack.use(
    await openCatalog({
      database,
      contents: lateContents(options.findContents),
      logger,
      ...origin.publicUrlOption,
      checkWebhookHost: (host) => refuseInnerHost(host, webhookNetworks),
    }),
  )
  const mirrored = new MirroredRights(options.mirroredNamespaces, settings.publicRepositories)
  const accounts = new CatalogAccounts(catalog, mirrored)
  const logins = new LoginLimits({ processes: options.workers })
  const tokens = await openTokenAccess({
    ...(await tokenOptions(settings, options)),
    accounts,
    refreshTokens: sessionTokens(catalog.sessions),
    logins,
  })
  const services: ApiServices = {
    catalog,
    signIn: limitedSignIn(catalog.accounts, logins),
    signUp: limitedSignUp(catalog.accounts, { openCounter }),
    isSignUpOpen: settings.hub.isSignUpOpen,
  }
  const api = new HubApi({
    ...services,
    findSearcher: searcherFinder({ ...services, policy: tokens.policy }),
    limits: new RequestLimits({ perMinute: settings.hub.apiRequestsPerMinute, openCounter }),
    origin,
    logger: logger.named('api'),
  })
  const pages = await openPages(services, options)
  return {
    policy: tokens.policy,
    handle: async (request, response) =>
      (await answerToken(tokens, request, response)) ||
      (await api.handle(request, response)) ||
      (!isRegistryPath(request) && (await pages.handle(request, response))),
    onActivity: activityNoter(catalog.registry),
    meterPull: createPullMeter({ ...settings.hub.pulls, openCounter }),
    findNotice: async () => ((await catalog.accounts.hasAccounts()) ? undefined : firstStartNotice(options)),
    startWork() {
      const { webhooks } = catalog
      const delivering = { webhooks, allowedNetworks: webhookNetworks, logger: logger.named('webhooks') }
      stack.use(deliverWebhooks(delivering))
      const isForeign = (repository: string) => mirrored.isMirrored(repository)
      stack.use(tendCatalog({ catalog, isForeign, logger: logger.named('catalog') }))
    },
  }
}

function openPages(services: ApiServices, { logger, origin }: HubAccessOptions): Promise<Pages> {
  return createPages({
    ...services,
    logger,
    ...origin.publicUrlOption,
    addressOf: clientAddress,
    signIn: (...login) => services.signIn(...login).catch(undefinedIfWrong),
  })
}

function undefinedIfWrong(error: unknown): undefined {
  if (!isCoded(error, 'unauthorized')) throw error
}

/** Clients of the registry get its own words, whatever they say that they accept. */
function isRegistryPath({ url = '' }: IncomingMessage): boolean {
  return /^\/v2(?:[/?]|$)/.test(url)
}

function firstStartNotice({ dataDirectory }: HubAccessOptions): string {
  return `Nobody has an account yet. Make the first one, an administrator:
  berth-hub admin create --data ${dataDirectory} --name NAME --email ADDRESS
`
}
