import { CodedError } from '@berth/stdx'
import { parseToml, type TomlTable, type TomlValue } from './parse-toml.ts'

/** What a host is asked for: `resolve` a tag, `pull` what has a digest, `push`. */
export type Capability = 'resolve' | 'pull' | 'push'

/** A host of a `hosts.toml`. */
export interface HostEntry {
  /** With the path below which its API lies; without a slash at the end. */
  url: URL
  capabilities: ReadonlySet<Capability>
  /** The path is all there is: no `/v2` goes behind it. */
  isPathOverridden: boolean
  /** As written: relative paths are relative to the file. */
  caFiles: readonly string[]
  clientFiles: readonly { certFile: string; keyFile: string }[]
  /** `skip_verify` */
  isAnyCertificateAccepted: boolean
  headers: Readonly<Record<string, string>>
  dialTimeoutMs: number | undefined
}

/** How the hosts of one registry are reached, as containerd's hosts.toml says it. */
export interface HostsFile {
  /** Asked in this order before the server. */
  hosts: readonly HostEntry[]
  /** The registry itself, where the file says more of it than its name does. */
  server: HostEntry
}

const all: readonly Capability[] = ['resolve', 'pull', 'push']
const durationUnits: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** Parses a hosts.toml; `registryUrl` is the server's when the file names none. Throws `invalid-argument`; keys it does not know are left out. */
export function parseHostsFile(text: string, registryUrl: string): HostsFile {
  const file = parseToml(text)
  const hosts = file.get('host') ?? new Map<string, TomlValue>()
  if (!(hosts instanceof Map)) throw invalid('host is not a table')
  return {
    server: parseEntry(optional(file, 'server', isString) ?? registryUrl, file),
    hosts: [...hosts].map(([url, table]) => {
      if (!(table instanceof Map)) throw invalid(`host ${JSON.stringify(url)} is not a table`)
      return parseEntry(url, table)
    }),
  }
}

function parseEntry(url: string, table: TomlTable): HostEntry {
  const timeout = optional(table, 'dial_timeout', isString)
  return {
    url: parseUrl(url),
    capabilities: new Set((optional(table, 'capabilities', isStrings) ?? all).map(parseCapability)),
    isPathOverridden: optional(table, 'override_path', isBoolean) ?? false,
    caFiles: listOf(table.get('ca'), 'ca').map((value) => checked('ca', value, isString)),
    clientFiles: clientFiles(table.get('client')),
    isAnyCertificateAccepted: optional(table, 'skip_verify', isBoolean) ?? false,
    headers: parseHeaders(table.get('header')),
    dialTimeoutMs: timeout === undefined ? undefined : parseDuration(timeout),
  }
}

/** A host without a scheme speaks TLS. */
function parseUrl(text: string): URL {
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`)
  const isHttp = url?.protocol === 'https:' || url?.protocol === 'http:'
  if (!url || !isHttp || url.username || url.password || url.search || url.hash)
    throw invalid(`${JSON.stringify(text.replace(/\/\/.*@/, '//'))} is not the URL of a host`)
  url.pathname = url.pathname.replace(/\/+$/, '')
  return url
}

function parseCapability(text: string): Capability {
  const found = all.find((capability) => capability === text)
  if (found === undefined) throw invalid(`unknown capability ${JSON.stringify(text)}`)
  return found
}

/** One file with both, a list of such, or a list of pairs of certificate and key. */
function clientFiles(value: TomlValue | undefined): HostEntry['clientFiles'] {
  return listOf(value, 'client').map((entry) => {
    if (typeof entry === 'string') return { certFile: entry, keyFile: entry }
    const [certFile, keyFile, ...rest] = checked('client', entry, isStrings)
    if (certFile === undefined || rest.length > 0) throw invalid('client is not a pair of files')
    return { certFile, keyFile: keyFile || certFile }
  })
}

function parseHeaders(value: TomlValue | undefined): Record<string, string> {
  if (value === undefined) return {}
  if (!(value instanceof Map)) throw invalid('header is not a table')
  return Object.fromEntries(
    [...value].map(([name, text]) => [
      checkedHeader(name, /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/),
      listOf(text, 'header')
        .map((one) => checkedHeader(checked('header', one, isString), /^[\t\x20-\x7e]*$/))
        .join(', '),
    ]),
  )
}

/** The text itself is not told: it may be a secret. */
function checkedHeader(text: string, pattern: RegExp): string {
  if (!pattern.test(text)) throw invalid('header holds what cannot be sent')
  return text
}

function parseDuration(text: string): number {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? []
  const factor = durationUnits[unit]
  if (factor === undefined) throw invalid(`${JSON.stringify(text)} is not a duration such as 5s`)
  return Number(number) * factor
}

const isString = (value: TomlValue): value is string => typeof value === 'string'
const isBoolean = (value: TomlValue): value is boolean => typeof value === 'boolean'
const isStrings = (value: TomlValue): value is string[] => Array.isArray(value) && value.every(isString)

const listOf = (value: TomlValue | undefined, name: string): TomlValue[] => {
  if (value === undefined) return []
  return Array.isArray(value) ? value : [checked(name, value, isString)]
}

function optional<T extends TomlValue>(
  table: TomlTable,
  name: string,
  isType: (value: TomlValue) => value is T,
): T | undefined {
  const value = table.get(name)
  return value === undefined ? undefined : checked(name, value, isType)
}

function checked<T extends TomlValue>(
  name: string,
  value: TomlValue,
  isType: (value: TomlValue) => value is T,
): T {
  if (!isType(value)) throw invalid(`${name} is of another type than it should be`)
  return value
}

function invalid(state: string): CodedError {
  return new CodedError('invalid-argument', state)
}
