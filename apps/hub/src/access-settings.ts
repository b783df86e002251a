import { CodedError } from '@berth/stdx'

/** Who may do what, as the command line says it. Undefined: everyone everything. */
export interface AccessSettings {
  htpasswdFile: string
  /** Repositories that everyone may pull: patterns with `*`. */
  publicRepositories: readonly string[]
  /** How requests show who they are from. */
  scheme: 'token' | 'basic'
  /** Signs tokens; keys are made here when undefined. */
  tokenKeyFile: string | undefined
}

export interface TlsSettings {
  certificateFile: string
  keyFile: string
}

/** Flags as they came. */
export interface AccessFlags {
  htpasswd?: string | undefined
  public?: readonly string[] | undefined
  'auth-scheme'?: string | undefined
  'token-key'?: string | undefined
  'tls-cert'?: string | undefined
  'tls-key'?: string | undefined
}

export function parseAccessSettings(flags: AccessFlags): AccessSettings | undefined {
  const { htpasswd, public: publicRepositories = [], 'auth-scheme': scheme = 'token' } = flags
  const tokenKeyFile = flags['token-key']
  if (scheme !== 'token' && scheme !== 'basic')
    throw invalid(`--auth-scheme ${JSON.stringify(scheme)} is neither token nor basic`)
  if (tokenKeyFile !== undefined && (htpasswd === undefined || scheme === 'basic'))
    throw invalid('--token-key needs --htpasswd and tokens')
  if (htpasswd !== undefined) return { htpasswdFile: htpasswd, publicRepositories, scheme, tokenKeyFile }
  if (publicRepositories.length > 0) throw invalid('--public needs --htpasswd: without it all is public')
  return undefined
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
