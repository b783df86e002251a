import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { CodedError, messageOf } from '@berth/stdx'
import {
  parseAccessSettings,
  parseTlsSettings,
  type AccessSettings,
  type TlsSettings,
} from './access-settings.ts'
import { parseCount, parseDuration, parseMirrorSettings, type MirrorSettings } from './mirror-settings.ts'
import { parseStoreSettings, type StoreSettings } from './store-settings.ts'

export const usage = `Usage: berth-hub COMMAND [OPTIONS]

A registry: it keeps images and gives them to any OCI client.

Commands:
  serve   Serve the registry over HTTP until stopped
  mirror  Serve copies of other registries' images, fetched when they are asked for
  seed    Put the hello-world image into the store (again is fine)
  gc      Free what no manifest names any more (serve does it every hour)

Options of serve and mirror:
  --listen HOST:PORT   Address to listen on; port 0 takes a free one (default 127.0.0.1:5000)
  --data DIR           Where everything is kept (default /var/lib/berth-hub)
  --database URL       Where the tables are kept instead, also BERTH_HUB_DATABASE: postgres://user@host/name
  --storage URL        Where the bytes are kept instead, with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY:
                       s3://BUCKET[/PREFIX][?endpoint=URL&region=NAME&redirect=true]; needs --database. With
                       redirect, clients read large blobs from there themselves
  --log-level LEVEL    trace, debug, info, warn, error or fatal (default info)

  --workers N               Processes that answer (default: one a core)
  --client-connections N    Connections from one address (default 1000); a proxy before this needs more
  --policies FILE           Quotas and tags that may not change:
                            [{"repositories": "team/*", "quota": "50G", "immutableTags": ["v*"]}]
  --htpasswd FILE           Accounts, as 'htpasswd -B' writes them: they may do everything, others nothing
  --public PATTERN          Others may pull these repositories, for example 'library/*'; can be given again
  --auth-scheme SCHEME      token (default): clients get a token with their password; basic: they send it each time
  --token-key FILE          Signs tokens, so that other registries can take them: PEM, P-256 (default: keys of its own)
  --tls-cert FILE           Certificate chain, PEM; with --tls-key the registry is served over HTTPS
  --tls-key FILE            Its key, PEM
  --upstream [NAME=]URL     A registry to mirror: docker.io, ghcr.io, https://host[:port]; can be given again. Its
                            repositories are NAME/… here. mirror takes the first for requests that name none
  --upstream-host HOST=NAME Requests to this host are for that upstream; can be given again
  --upstream-auth FILE      A config.json of docker login, for upstreams that want to know who asks
  --upstream-rate [NAME=]N  Requests a minute to every upstream, or to one (default: any number)
  --upstream-bandwidth [NAME=]SIZE  Bytes a second of blobs (default: as fast as they come)
  --upstream-concurrency [NAME=]N   Blobs, and other requests, at a time (default 16 of each)
  --tag-ttl DURATION        How long a tag is believed before upstream is asked again (default 5m)
  --cache-size SIZE         Keep at most so much of upstreams' blobs, for example 50G (default: all)
  --pin PATTERN             Never drop blobs of these repositories, for example 'docker.io/library/*'

Options of seed:
  --data, --database, --storage   As above
  --name NAME[:TAG]    What the image is called (default library/hello-world:latest)

Options of gc:
  --data, --database, --storage   As above
  --dry-run            Only say what would be deleted and freed
  --policies FILE      Delete what the "retention" of these policies lets go, too
  --grace DURATION     Keep what was used within, for example 90m (default 75m); shorter than pushes take loses them

Options:
  --help               Show this text
  --version            Show the version

An engine started with --registry-mirror http://HOST:PORT asks this registry for Docker Hub's images first.
`

const workersMax = 999

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const
export type LogLevel = (typeof logLevels)[number]

export type Command =
  | { name: 'help' }
  | { name: 'version' }
  | ServeCommand
  | { name: 'seed'; dataDirectory: string; stores: StoreSettings; repository: string; tag: string }
  | {
      name: 'gc'
      dataDirectory: string
      stores: StoreSettings
      dryRun: boolean
      graceMs: number | undefined
      policiesFile: string | undefined
    }

/** `mirror` is `serve` with an upstream for requests that name none. */
export interface ServeCommand {
  name: 'serve'
  listen: { host: string; port: number }
  dataDirectory: string
  stores: StoreSettings
  logLevel: LogLevel
  mirrors: MirrorSettings
  access: AccessSettings | undefined
  tls: TlsSettings | undefined
  workers: number
  clientConnections: number
  policiesFile: string | undefined
}

const flags = {
  listen: { type: 'string', default: '127.0.0.1:5000' },
  data: { type: 'string', default: '/var/lib/berth-hub' },
  database: { type: 'string' },
  storage: { type: 'string' },
  'log-level': { type: 'string', default: 'info' },
  name: { type: 'string', default: 'library/hello-world:latest' },
  'dry-run': { type: 'boolean', default: false },
  grace: { type: 'string' },
  upstream: { type: 'string', multiple: true },
  'upstream-host': { type: 'string', multiple: true },
  'upstream-auth': { type: 'string' },
  'upstream-concurrency': { type: 'string', multiple: true },
  'upstream-rate': { type: 'string', multiple: true },
  'upstream-bandwidth': { type: 'string', multiple: true },
  'tag-ttl': { type: 'string' },
  'cache-size': { type: 'string' },
  pin: { type: 'string', multiple: true },
  workers: { type: 'string' },
  'client-connections': { type: 'string', default: '1000' },
  policies: { type: 'string' },
  htpasswd: { type: 'string' },
  public: { type: 'string', multiple: true },
  'auth-scheme': { type: 'string' },
  'token-key': { type: 'string' },
  'tls-cert': { type: 'string' },
  'tls-key': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const

/** What `argv` (without node and script) and environment ask for; throws `invalid-argument`. */
export function parseCommand(argv: readonly string[], environment: NodeJS.ProcessEnv = {}): Command {
  const { values, positionals } = parseFlags(argv)
  if (values.help) return { name: 'help' }
  if (values.version) return { name: 'version' }
  const [name, ...rest] = positionals
  if (rest.length > 0) throw invalid(`unexpected argument ${JSON.stringify(rest[0])}`)
  const dataDirectory = values.data
  switch (name) {
    case 'serve':
    case 'mirror':
      return {
        name: 'serve',
        listen: parseListen(values.listen),
        dataDirectory,
        stores: parseStoreSettings(values, environment),
        logLevel: parseLogLevel(values['log-level']),
        mirrors: parseMirrorSettings(values, name === 'mirror'),
        access: parseAccessSettings(values),
        tls: parseTlsSettings(values),
        policiesFile: values.policies,
        workers: parseWorkers(values.workers),
        clientConnections: parseCount('--client-connections', values['client-connections']),
      }
    case 'seed':
      return {
        name,
        dataDirectory,
        stores: parseStoreSettings(values, environment),
        ...parseName(values.name),
      }
    case 'gc':
      return {
        name,
        dataDirectory,
        stores: parseStoreSettings(values, environment),
        dryRun: values['dry-run'],
        graceMs: parseDuration('--grace', values.grace),
        policiesFile: values.policies,
      }
    case undefined:
      return { name: 'help' }
    default:
      throw invalid(`unknown command ${JSON.stringify(name)}`)
  }
}

function parseFlags(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: flags, allowPositionals: true })
  } catch (error) {
    throw invalid(messageOf(error))
  }
}

function parseListen(text: string): { host: string; port: number } {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:]*)):(\d{1,5})$/.exec(text)
  const port = Number(match?.[3])
  if (!match || port > 65535) throw invalid(`--listen ${JSON.stringify(text)} is not HOST:PORT`)
  return { host: match[1] ?? match[2] ?? '', port }
}

function parseWorkers(text: string | undefined): number {
  const count = text === undefined ? availableParallelism() : parseCount('--workers', text)
  if (count > workersMax) throw invalid(`--workers ${count} is more than ${workersMax}`)
  return count
}

function parseLogLevel(text: string): LogLevel {
  const level = logLevels.find((known) => known === text)
  if (!level) throw invalid(`--log-level ${JSON.stringify(text)} is not one of ${logLevels.join(', ')}`)
  return level
}

function parseName(text: string): { repository: string; tag: string } {
  const colon = text.lastIndexOf(':')
  return colon < 0
    ? { repository: text, tag: 'latest' }
    : { repository: text.slice(0, colon), tag: text.slice(colon + 1) }
}

function invalid(state: string): CodedError {
  return new CodedError('invalid-argument', `Cannot read command line: ${state}`, {
    hint: "See 'berth-hub --help'.",
  })
}
