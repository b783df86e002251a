import { CodedError, messageOf, silentLogger } from '@berth/stdx'
import packageJson from '../package.json' with { type: 'json' }
import { parseCommand, usage, type Command } from './command-line.ts'
import { formatGarbageReport, gc } from './gc.ts'
import { createPinoLogger } from './pino-logger.ts'
import { seed } from './seed.ts'
import { serve } from './serve.ts'

async function run(command: Command): Promise<void> {
  switch (command.name) {
    case 'help':
      return void process.stdout.write(usage)
    case 'version':
      return void process.stdout.write(`berth-hub version ${packageJson.version}\n`)
    case 'seed': {
      const digest = await seed({ ...command, logger: silentLogger })
      return void process.stdout.write(`${command.repository}:${command.tag} ${digest}\n`)
    }
    case 'gc': {
      const report = await gc({ ...command, logger: silentLogger })
      return void process.stdout.write(formatGarbageReport(report, command.dryRun))
    }
    case 'serve':
      return runServer(command)
    default:
      return command satisfies never
  }
}

async function runServer(command: Extract<Command, { name: 'serve' }>): Promise<void> {
  const logger = createPinoLogger(command.logLevel)
  const { promise: stopped, resolve: stop } = Promise.withResolvers<NodeJS.Signals>()
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  await using hub = await serve({ ...command, logger })
  process.stdout.write(`berth-hub listens on ${hub.url}\n`)
  logger.info('listening', { url: hub.url, data: command.dataDirectory })
  logger.info('stopping', { signal: await stopped })
}

try {
  await run(parseCommand(process.argv.slice(2)))
} catch (error) {
  const hint = error instanceof CodedError && error.hint !== undefined ? `\n${error.hint}` : ''
  process.stderr.write(`berth-hub: ${messageOf(error)}${hint}\n`)
  process.exitCode = 1
}
