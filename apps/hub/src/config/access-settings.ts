import { parseHubSettings, refuseHubFlags, type HubFlags, type HubSettings } from './hub-settings.ts'
import { RefusedSetting } from './refused-setting.ts'

/** Who may do what, as the command line says it. */
export type AccessSettings =
  /** Everyone everything. */
  { kind: 'open' } | HtpasswdSettings | AccountsSettings

export interface HtpasswdSettings {
  kind: 'htpasswd'
  htpasswdFile: string
  /** Repositories that everyone may pull: patterns with `*`. */
  publicRepositories: readonly string[]
  /** How requests show who they are from. */
  scheme: 'token' | 'basic'
  /** Signs tokens; keys are made here when undefined. */
  tokenKeyFile: string | undefined
}

/** People sign up; repositories are theirs. */
export interface AccountsSettings {
  kind: 'accounts'
  /** Repositories of mirrored registries that everyone may pull: patterns with `*`. */
  publicRepositories: readonly string[]
  /** Signs tokens; keys are made here when undefined. */
  tokenKeyFile: string | undefined
  hub: HubSettings
}

export interface TlsSettings {
  certificateFile: string
  keyFile: string
}

/** Flags as they came. */
export interface AccessFlags extends HubFlags {
  access?: string | undefined
  htpasswd?: string | undefined
  public?: readonly string[] | undefined
  'auth-scheme'?: string | undefined
  'token-key'?: string | undefined
  'tls-cert'?: string | undefined
  'tls-key'?: string | undefined
}

/** A mirror has nothing of its own to guard, so it is open unless told otherwise; a hub has accounts. */
export function parseAccessSettings(
  flags: AccessFlags,
  mirrors: { isMirrorOnly: boolean; hasUpstreams: boolean },
): AccessSettings {
  const byDefault = mirrors.isMirrorOnly ? 'open' : 'accounts'
  const kind = flags.access ?? (flags.htpasswd === undefined ? byDefault : 'htpasswd')
  switch (kind) {
    case 'open':
      return parseOpen(flags)
    case 'htpasswd':
      return parseHtpasswd(flags)
    case 'accounts':
      return parseAccounts(flags, mirrors)
    default:
      throw new RefusedSetting(`--access ${JSON.stringify(kind)} is none of accounts, htpasswd and open`)
  }
}

function parseOpen(flags: AccessFlags): AccessSettings {
  refuseHtpasswdFlags(flags)
  refuseHubFlags(flags, 'open')
  if (flags['token-key'] !== undefined) throw new RefusedSetting('--token-key needs accounts and tokens')
  if (flags.public) throw new RefusedSetting('--public does not go with --access open: all is public')
  return { kind: 'open' }
}

function parseHtpasswd(flags: AccessFlags): AccessSettings {
  const { htpasswd, public: publicRepositories = [], 'token-key': tokenKeyFile } = flags
  refuseHubFlags(flags, 'htpasswd')
  if (htpasswd === undefined) throw new RefusedSetting('--access htpasswd needs --htpasswd')
  const scheme = parseScheme(flags['auth-scheme'] ?? 'token')
  if (tokenKeyFile !== undefined && scheme === 'basic')
    throw new RefusedSetting('--token-key signs tokens, of which --auth-scheme basic has none')
  return { kind: 'htpasswd', htpasswdFile: htpasswd, publicRepositories, scheme, tokenKeyFile }
}

function parseAccounts(flags: AccessFlags, { hasUpstreams }: { hasUpstreams: boolean }): AccessSettings {
  const { public: publicRepositories = [], 'token-key': tokenKeyFile } = flags
  refuseHtpasswdFlags(flags)
  if (flags.public && !hasUpstreams)
    throw new RefusedSetting(
      '--public is about mirrored registries here, since accounts say what is public of theirs: it needs --upstream',
    )
  return { kind: 'accounts', publicRepositories, tokenKeyFile, hub: parseHubSettings(flags) }
}

/** They do nothing where accounts are not from a file. */
function refuseHtpasswdFlags({ htpasswd, 'auth-scheme': scheme }: AccessFlags): void {
  if (htpasswd !== undefined)
    throw new RefusedSetting('--htpasswd is accounts from a file: it does not go with --access')
  if (scheme !== undefined)
    throw new RefusedSetting('--auth-scheme is about accounts from a file: it needs --htpasswd')
}

function parseScheme(text: string): HtpasswdSettings['scheme'] {
  if (text === 'token' || text === 'basic') return text
  throw new RefusedSetting(`--auth-scheme ${JSON.stringify(text)} is neither token nor basic`)
}

export function parseTlsSettings(flags: AccessFlags): TlsSettings | undefined {
  const { 'tls-cert': certificateFile, 'tls-key': keyFile } = flags
  if (certificateFile === undefined && keyFile === undefined) return undefined
  if (certificateFile === undefined || keyFile === undefined)
    throw new RefusedSetting('--tls-cert and --tls-key go together')
  return { certificateFile, keyFile }
}
