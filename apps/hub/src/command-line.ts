import { parseArgs } from 'node:util'
import { CodedError, messageOf } from '@berth/stdx'

export const usage = `Usage: berth-hub COMMAND [OPTIONS]

A registry: it keeps images and gives them to any OCI client.

Commands:
  serve   Serve the registry over HTTP until stopped
  seed    Put the hello-world image into the store (again is fine)
  gc      Free what no manifest names any more (serve does it every hour)

Options of serve:
  --listen HOST:PORT   Address to listen on; port 0 takes a free one (default 127.0.0.1:5000)
  --data DIR           Where everything is kept (default /var/lib/berth-hub)
  --log-level LEVEL    trace, debug, info, warn, error or fatal (default info)

Options of seed:
  --data DIR           As above
  --name NAME[:TAG]    What the image is called (default library/hello-world:latest)

Options of gc:
  --data DIR           As above
  --dry-run            Only say what would be freed
  --grace DURATION     Keep what was used within, for example 90m (default 75m); shorter than pushes take loses them

Options:
  --help               Show this text
  --version            Show the version

An engine started with --registry-mirror http://HOST:PORT asks this registry for Docker Hub's images first.
`

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const
export type LogLevel = (typeof logLevels)[number]

export type Command =
  | { name: 'help' }
  | { name: 'version' }
  | { name: 'serve'; listen: { host: string; port: number }; dataDirectory: string; logLevel: LogLevel }
  | { name: 'seed'; dataDirectory: string; repository: string; tag: string }
  | { name: 'gc'; dataDirectory: string; dryRun: boolean; graceMs: number | undefined }

const flags = {
  listen: { type: 'string', default: '127.0.0.1:5000' },
  data: { type: 'string', default: '/var/lib/berth-hub' },
  'log-level': { type: 'string', default: 'info' },
  name: { type: 'string', default: 'library/hello-world:latest' },
  'dry-run': { type: 'boolean', default: false },
  grace: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const

/** What `argv` (without node and script) asks for; throws `invalid-argument`. */
export function parseCommand(argv: readonly string[]): Command {
  const { values, positionals } = parseFlags(argv)
  if (values.help) return { name: 'help' }
  if (values.version) return { name: 'version' }
  const [name, ...rest] = positionals
  if (rest.length > 0) throw invalid(`unexpected argument ${JSON.stringify(rest[0])}`)
  const dataDirectory = values.data
  switch (name) {
    case 'serve':
      return {
        name,
        listen: parseListen(values.listen),
        dataDirectory,
        logLevel: parseLogLevel(values['log-level']),
      }
    case 'seed':
      return { name, dataDirectory, ...parseName(values.name) }
    case 'gc':
      return { name, dataDirectory, dryRun: values['dry-run'], graceMs: parseGrace(values.grace) }
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

function parseLogLevel(text: string): LogLevel {
  const level = logLevels.find((known) => known === text)
  if (!level) throw invalid(`--log-level ${JSON.stringify(text)} is not one of ${logLevels.join(', ')}`)
  return level
}

const unitMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

function parseGrace(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? []
  if (count === undefined) throw invalid(`--grace ${JSON.stringify(text)} is not a duration like 90m`)
  return Number(count) * (unitMs[unit] ?? 0)
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
