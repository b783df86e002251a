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
  { isMirrorOnly, hasUpstreams }: { isMirrorOnly: boolean; hasUpstreams: boolean },
): AccessSettings {
  const { htpasswd, public: publicRepositories = [] } = flags
  const byDefault = isMirrorOnly ? 'open' : 'accounts'
  const kind = flags.access ?? (htpasswd === undefined ? byDefault : 'htpasswd')
  const scheme = parseScheme(flags['auth-scheme'] ?? 'token')
  const tokenKeyFile = parseTokenKey(flags, kind !== 'open' && scheme === 'token')
  if (kind !== 'htpasswd' && htpasswd !== undefined)
    throw new RefusedSetting('--htpasswd is accounts from a file: it does not go with --access')
  if (kind !== 'htpasswd' && flags['auth-scheme'] !== undefined)
    throw new RefusedSetting('--auth-scheme is about accounts from a file: it needs --htpasswd')
  if (kind !== 'accounts') refuseHubFlags(flags, kind)
  switch (kind) {
    case 'open':
      if (publicRepositories.length === 0) return { kind }
      throw new RefusedSetting('--public does not go with --access open: all is public')
    case 'htpasswd':
      if (htpasswd === undefined) throw new RefusedSetting('--access htpasswd needs --htpasswd')
      return { kind, htpasswdFile: htpasswd, publicRepositories, scheme, tokenKeyFile }
    case 'accounts':
      if (publicRepositories.length > 0 && !hasUpstreams)
        throw new RefusedSetting(
          '--public is about mirrored registries here, since accounts say what is public of theirs: it needs --upstream',
        )
      return { kind, publicRepositories, tokenKeyFile, hub: parseHubSettings(flags) }
    default:
      throw new RefusedSetting(`--access ${JSON.stringify(kind)} is none of accounts, htpasswd and open`)
  }
}

function parseTokenKey({ 'token-key': file }: AccessFlags, hasTokens: boolean): string | undefined {
  if (file === undefined || hasTokens) return file
  throw new RefusedSetting('--token-key needs accounts and tokens')
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
