import { CodedError, isCoded } from '@berth/stdx'
import { parseToml, TomlTable, type TomlValue } from './parse-toml.ts'

/** What a host is asked for: `resolve` a tag, `pull` what has a digest, `push`. */
export type Capability = 'resolve' | 'pull' | 'push'

/** A host of a `hosts.toml`. */
export interface HostEntry {
  /** With the path below which its API lies; without a slash at the end. */
  url: URL
  capabilities: ReadonlySet<Capability>
  /** The path is all there is: no `/v2` goes behind it, also since it ends so. */
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

/**
 * Parses a hosts.toml; `registryUrl` is the server's when the file names none. Throws `invalid-argument` with the line; keys
 * it does not know are left out.
 */
export function parseHostsFile(text: string, registryUrl: string): HostsFile {
  const file = parseToml(text)
  const server = read(file, 'server', (value, key) => parseUrl(asText(value, key)))
  const hosts = read(file, 'host', asTable) ?? new TomlTable()
  return {
    server: parseEntry(server ?? parseUrl(registryUrl), file),
    hosts: [...hosts].map(([address, value]) => {
      const url = at(hosts, address, () => parseUrl(address))
      return parseEntry(
        url,
        at(hosts, address, () => asTable(value, 'the value of a host')),
      )
    }),
  }
}

function parseEntry(url: URL, table: TomlTable): HostEntry {
  const capabilities = read(table, 'capabilities', (value, key) => asTexts(value, key).map(parseCapability))
  return {
    url,
    capabilities: new Set(capabilities?.length ? capabilities : all),
    isPathOverridden: (read(table, 'override_path', asBoolean) ?? false) || url.pathname.endsWith('/v2'),
    caFiles: read(table, 'ca', (value, key) => asTexts(listOf(value), key)) ?? [],
    clientFiles: read(table, 'client', (value) => listOf(value).map(parseClient)) ?? [],
    isAnyCertificateAccepted: read(table, 'skip_verify', asBoolean) ?? false,
    headers: parseHeaders(read(table, 'header', asTable) ?? new TomlTable()),
    dialTimeoutMs: read(table, 'dial_timeout', (value, key) => parseDuration(asText(value, key))),
  }
}

/** What a table says under a key. */
function read<T>(table: TomlTable, key: string, parse: (value: TomlValue, key: string) => T): T | undefined {
  const value = table.get(key)
  return value === undefined ? undefined : at(table, key, () => parse(value, key))
}

/** Whatever cannot be meant is told with the line of its key. */
function at<T>(table: TomlTable, key: string, parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    throw isCoded(error, 'invalid-argument')
      ? invalid(`line ${table.lines.get(key)}: ${error.message}`)
      : error
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
  const found = all.find((capability) => capability === text.toLowerCase())
  if (found === undefined) throw invalid(`unknown capability ${JSON.stringify(text)}`)
  return found
}

/** One file with both, or a pair of certificate and key. */
function parseClient(entry: TomlValue): HostEntry['clientFiles'][number] {
  if (typeof entry === 'string') return { certFile: entry, keyFile: entry }
  const [certFile, keyFile, ...rest] = asTexts(entry, 'client')
  if (certFile === undefined || rest.length > 0) throw invalid('client is not a pair of files')
  return { certFile, keyFile: keyFile || certFile }
}

function parseHeaders(table: TomlTable): Record<string, string> {
  const parse = (value: TomlValue) =>
    asTexts(listOf(value), 'header')
      .map((text) => checkedHeader(text, /^[\t\x20-\x7e]*$/))
      .join(', ')
  return Object.fromEntries(
    [...table].map(([name, value]) =>
      at(table, name, () => [checkedHeader(name, /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/), parse(value)]),
    ),
  )
}

/** The text itself is not told: it may be a secret. */
function checkedHeader(text: string, pattern: RegExp): string {
  if (!pattern.test(text)) throw invalid('header holds what cannot be sent')
  return text
}

/** As Go writes them: `1m30s`. None at all is the usual one. */
function parseDuration(text: string): number | undefined {
  if (!/^(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/.test(text))
    throw invalid(`${JSON.stringify(text)} is not a duration such as 5s`)
  const parts = text.matchAll(/([\d.]+)(ms|s|m|h)/g)
  const sumMs = [...parts].reduce(
    (sum, [, number, unit = '']) => sum + Number(number) * (durationUnits[unit] ?? 0),
    0,
  )
  return sumMs === 0 ? undefined : sumMs
}

const listOf = (value: TomlValue): TomlValue[] => (Array.isArray(value) ? value : [value])

function asText(value: TomlValue, key: string): string {
  if (typeof value !== 'string') throw invalid(`${key} is not text`)
  return value
}

function asTexts(value: TomlValue, key: string): string[] {
  if (!Array.isArray(value)) throw invalid(`${key} is not a list`)
  return value.map((one) => asText(one, key))
}

function asBoolean(value: TomlValue, key: string): boolean {
  if (typeof value !== 'boolean') throw invalid(`${key} is neither true nor false`)
  return value
}

function asTable(value: TomlValue, key: string): TomlTable {
  if (!(value instanceof TomlTable)) throw invalid(`${key} is not a table`)
  return value
}

function invalid(state: string): CodedError {
  return new CodedError('invalid-argument', state)
}
