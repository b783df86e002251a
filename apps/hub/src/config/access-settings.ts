import { CodedError } from '@berth/stdx'
import { parseHubSettings, type HubFlags, type HubSettings } from './hub-settings.ts'

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
export function parseAccessSettings(flags: AccessFlags, isMirrorOnly: boolean): AccessSettings {
  const { htpasswd, public: publicRepositories = [] } = flags
  const byDefault = isMirrorOnly ? 'open' : 'accounts'
  const kind = flags.access ?? (htpasswd === undefined ? byDefault : 'htpasswd')
  const scheme = parseScheme(flags['auth-scheme'] ?? 'token')
  const tokenKeyFile = parseTokenKey(flags, kind !== 'open' && scheme === 'token')
  if (kind !== 'htpasswd' && htpasswd !== undefined)
    throw invalid('--htpasswd is accounts from a file: it does not go with --access')
  switch (kind) {
    case 'open':
      if (publicRepositories.length === 0) return { kind }
      throw invalid('--public does not go with --access open: all is public')
    case 'htpasswd':
      if (htpasswd === undefined) throw invalid('--access htpasswd needs --htpasswd')
      return { kind, htpasswdFile: htpasswd, publicRepositories, scheme, tokenKeyFile }
    case 'accounts':
      return { kind, publicRepositories, tokenKeyFile, hub: parseHubSettings(flags) }
    default:
      throw invalid(`--access ${JSON.stringify(kind)} is none of accounts, htpasswd and open`)
  }
}

function parseTokenKey({ 'token-key': file }: AccessFlags, hasTokens: boolean): string | undefined {
  if (file === undefined || hasTokens) return file
  throw invalid('--token-key needs accounts and tokens')
}

function parseScheme(text: string): HtpasswdSettings['scheme'] {
  if (text === 'token' || text === 'basic') return text
  throw invalid(`--auth-scheme ${JSON.stringify(text)} is neither token nor basic`)
}

export function parseTlsSettings(flags: AccessFlags): TlsSettings | undefined {
  const { 'tls-cert': certificateFile, 'tls-key': keyFile } = flags
  if (certificateFile === undefined && keyFile === undefined) return undefined
  if (certificateFile === undefined || keyFile === undefined)
    throw invalid('--tls-cert and --tls-key go together')
  return { certificateFile, keyFile }
}

function invalid(state: string): CodedError {
  return new CodedError('invalid-argument', `Cannot read command line: ${state}`, {
    hint: "See 'berth-hub --help'.",
  })
}
