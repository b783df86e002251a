import { parseNetwork } from './parse-network.ts'
import { RefusedSetting } from './refused-setting.ts'

/** What a hub with accounts does, as the command line says it. */
export interface HubSettings {
  /** Whether strangers may make themselves an account. */
  isSignUpOpen: boolean
  /** API requests in a minute. */
  apiRequestsPerMinute: number
  /** Manifests in six hours, for an address and for an account; undefined for no limit. */
  pulls: { anonymous: number | undefined; account: number | undefined }
  /** Networks that webhooks may reach although they are not public, as `address/bits`. */
  webhookNetworks: readonly string[]
}

/** Flags as they came. */
export interface HubFlags {
  'sign-up'?: string | undefined
  'api-limit'?: string | undefined
  'pull-limit'?: string | undefined
  'anonymous-pull-limit'?: string | undefined
  'webhook-allow'?: readonly string[] | undefined
}

const hubFlagNames = [
  'sign-up',
  'api-limit',
  'pull-limit',
  'anonymous-pull-limit',
  'webhook-allow',
] as const satisfies readonly (keyof HubFlags)[]

/** They do nothing for a registry whose people have no accounts; throws `invalid-argument` for the first. */
export function refuseHubFlags(flags: HubFlags, access: string): void {
  const stray = hubFlagNames.find((name) => flags[name] !== undefined)
  if (stray === undefined) return
  throw new RefusedSetting(
    `--${stray} is about accounts that people have here: it does not go with --access ${access}`,
  )
}

const apiRequestsDefault = 600

export function parseHubSettings(flags: HubFlags): HubSettings {
  const signUp = flags['sign-up'] ?? 'open'
  if (signUp !== 'open' && signUp !== 'closed')
    throw new RefusedSetting(`--sign-up ${JSON.stringify(signUp)} is neither open nor closed`)
  return {
    isSignUpOpen: signUp === 'open',
    apiRequestsPerMinute: parseLimit('--api-limit', flags['api-limit']) ?? apiRequestsDefault,
    pulls: {
      anonymous: parseLimit('--anonymous-pull-limit', flags['anonymous-pull-limit']),
      account: parseLimit('--pull-limit', flags['pull-limit']),
    },
    webhookNetworks: (flags['webhook-allow'] ?? []).map((text) => parseNetwork('--webhook-allow', text)),
  }
}

function parseLimit(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new RefusedSetting(`${flag} ${JSON.stringify(text)} is not a number from 1`)
}
