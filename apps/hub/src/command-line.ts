import { parseArgs } from 'node:util'
import { CodedError, messageOf } from '@berth/stdx'

export const usage = `Usage: berth-hub COMMAND [OPTIONS]

A registry: it keeps images and gives them to any OCI client.

Commands:
  serve   Serve the registry over HTTP until stopped
  seed    Put the hello-world image into the store (again is fine)

Options of serve:
  --listen HOST:PORT   Address to listen on; port 0 takes a free one (default 127.0.0.1:5000)
  --data DIR           Where everything is kept (default /var/lib/berth-hub)
  --log-level LEVEL    trace, debug, info, warn, error or fatal (default info)

Options of seed:
  --data DIR           As above
  --name NAME[:TAG]    What the image is called (default library/hello-world:latest)

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

const flags = {
  listen: { type: 'string', default: '127.0.0.1:5000' },
  data: { type: 'string', default: '/var/lib/berth-hub' },
  'log-level': { type: 'string', default: 'info' },
  name: { type: 'string', default: 'library/hello-world:latest' },
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
