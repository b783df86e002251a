import { availableParallelism } from 'node:os'
import {
  parseAccessSettings,
  parseTlsSettings,
  type AccessSettings,
  type TlsSettings,
} from './access-settings.ts'
import { parseAdminAction, type AdminAction } from './admin-command.ts'
import { expectFlags, parseCommandName, type CommandName } from './command-flags.ts'
import { noConfigFile } from './config-file.ts'
import { flagsOfEnvironment, parseFlags, type FlagValues } from './flags.ts'
import { parseCount, parseDuration, parseMirrorSettings, type MirrorSettings } from './mirror-settings.ts'
import { parseNetwork } from './parse-network.ts'
import { RefusedSetting } from './refused-setting.ts'
import { tellSource, type SettingSources } from './setting-sources.ts'
import { parseStoreSettings, type StoreSettings } from './store-settings.ts'

const workersMax = 999

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const
export type LogLevel = (typeof logLevels)[number]

export type Command =
  /** Of a command, if one is named. */
  | { name: 'help'; about: CommandName | undefined }
  | { name: 'version' }
  | ServeCommand
  /** Only says whether `command` could be run. */
  | { name: 'validate'; command: ServeCommand }
  | { name: 'admin'; dataDirectory: string; stores: StoreSettings; action: AdminAction }
  /** Shows an example of a configuration file. */
  | { name: 'config' }
  | { name: 'seed'; dataDirectory: string; stores: StoreSettings; repository: string; tag: string }
  | {
      name: 'gc'
      dataDirectory: string
      stores: StoreSettings
      dryRun: boolean
      graceMs: number | undefined
      policiesFile: string | undefined
    }

export interface ListenAddress {
  host: string
  port: number
}

/** `mirror` is `serve` with an upstream for requests that name none. */
export interface ServeCommand {
  name: 'serve'
  listen: ListenAddress
  dataDirectory: string
  stores: StoreSettings
  logLevel: LogLevel
  mirrors: MirrorSettings
  access: AccessSettings
  publicUrl: URL | undefined
  /** Networks of proxies that say truly for whom they ask, as `address/bits`. */
  trustedProxies: readonly string[]
  /** Where metrics are served, if they are. */
  metrics: ListenAddress | undefined
  tls: TlsSettings | undefined
  workers: number
  clientConnections: number
  policiesFile: string | undefined
}

/**
 * What `argv` (without node and script) asks for; throws `invalid-argument`. What it does not say is taken from the
 * environment, then from `config`.
 */
export function parseCommand(
  argv: readonly string[],
  environment: NodeJS.ProcessEnv = {},
  config = noConfigFile,
): Command {
  const { values: given, positionals } = parseFlags(argv)
  const command = positionals.slice(0, 1)
  try {
    return parseWords(positionals, { given, environment, config })
  } catch (error) {
    throw error instanceof RefusedSetting ? tellSource(error, { given, environment, config, command }) : error
  }
}

function parseWords(words: readonly string[], sources: Omit<SettingSources, 'command'>): Command {
  const { given } = sources
  const [word, ...rest] = words[0] === 'help' ? words.slice(1) : words
  const name = word === undefined ? undefined : parseCommandName(word)
  if (given.help || words[0] === 'help') return { name: 'help', about: name }
  if (given.version) return { name: 'version' }
  if (name === undefined) return { name: 'help', about: undefined }
  const settings = layered(sources)
  if (name === 'admin') {
    const { dataDirectory } = settings
    const action = parseAdminAction(rest, given)
    expectFlags(name, given, action.action)
    return { name, dataDirectory, stores: settings.stores(), action }
  }
  if (rest.length > 0) throw new RefusedSetting(`unexpected argument ${JSON.stringify(rest[0])}`)
  expectFlags(name, given)
  return parseNamed(name, settings)
}

interface Settings {
  values: FlagValues
  dataDirectory: string
  stores: () => StoreSettings
}

function layered({ given, environment, config }: Omit<SettingSources, 'command'>): Settings {
  // A URL of the environment or of a file may hold a password; one of the command line may not.
  const database = environment['BERTH_HUB_DATABASE'] ?? [config.flags.database].flat()[0]
  const { database: _, ...elsewhere } = { ...config.flags, ...flagsOfEnvironment(environment) }
  const values = { ...elsewhere, ...given } as FlagValues
  return {
    values,
    dataDirectory: values.data ?? '/var/lib/berth-hub',
    stores: () => parseStoreSettings(values, { ...environment, BERTH_HUB_DATABASE: database }),
  }
}

function parseNamed(name: Exclude<CommandName, 'admin'>, settings: Settings): Command {
  const { values, dataDirectory } = settings
  switch (name) {
    case 'serve':
    case 'mirror': {
      const command = parseServe(name, settings)
      return values.validate ? { name: 'validate', command } : command
    }
    case 'seed': {
      const image = parseName(values.name ?? 'library/hello-world:latest')
      return { name, dataDirectory, stores: settings.stores(), ...image }
    }
    case 'gc':
      return {
        name,
        dataDirectory,
        stores: settings.stores(),
        dryRun: values['dry-run'] === true,
        graceMs: parseDuration('--grace', values.grace),
        policiesFile: values.policies,
      }
    case 'config':
      return { name }
    default:
      return name satisfies never
  }
}

function parseServe(name: 'serve' | 'mirror', { values, dataDirectory, stores }: Settings): ServeCommand {
  const isMirrorOnly = name === 'mirror'
  const mirrors = parseMirrorSettings(values, isMirrorOnly)
  return {
    name: 'serve',
    listen: parseListen('--listen', values.listen ?? '127.0.0.1:5000'),
    dataDirectory,
    stores: stores(),
    logLevel: parseLogLevel(values['log-level'] ?? 'info'),
    mirrors,
    access: parseAccessSettings(values, { isMirrorOnly, hasUpstreams: mirrors.upstreams.length > 0 }),
    publicUrl: parsePublicUrl(values['public-url']),
    trustedProxies: (values['trusted-proxy'] ?? []).map((text) => parseNetwork('--trusted-proxy', text)),
    metrics: values.metrics === undefined ? undefined : parseListen('--metrics', values.metrics),
    tls: parseTlsSettings(values),
    policiesFile: values.policies,
    workers: parseWorkers(values.workers),
    clientConnections: parseCount('--client-connections', values['client-connections'] ?? '1000'),
  }
}

function parseListen(flag: string, text: string): ListenAddress {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:]*)):(\d{1,5})$/.exec(text)
  const port = Number(match?.[3])
  if (!match || port > 65535) throw new RefusedSetting(`${flag} ${JSON.stringify(text)} is not HOST:PORT`)
  return { host: match[1] ?? match[2] ?? '', port }
}

function parseWorkers(text: string | undefined): number {
  const count = text === undefined ? availableParallelism() : parseCount('--workers', text)
  if (count > workersMax) throw new RefusedSetting(`--workers ${count} is more than ${workersMax}`)
  return count
}

function parsePublicUrl(text: string | undefined): URL | undefined {
  if (text === undefined) return undefined
  const url = URL.parse(text)
  const isPlain = url?.pathname === '/' && url.search === '' && url.username === ''
  if (isPlain && /^https?:$/.test(url.protocol)) return url
  throw new RefusedSetting('--public-url is not http://HOST[:PORT] or https://HOST[:PORT]')
}

function parseLogLevel(text: string): LogLevel {
  const level = logLevels.find((known) => known === text)
  if (!level)
    throw new RefusedSetting(`--log-level ${JSON.stringify(text)} is not one of ${logLevels.join(', ')}`)
  return level
}

function parseName(text: string): { repository: string; tag: string } {
  const colon = text.lastIndexOf(':')
  return colon < 0
    ? { repository: text, tag: 'latest' }
    : { repository: text.slice(0, colon), tag: text.slice(colon + 1) }
}
