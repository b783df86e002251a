import { storageSteps, type RepositoryPolicy, type StorageFailpoint } from '@berth/registry-server'
import { armFailpoints, CodedError, messageOf, silentLogger, type Logger } from '@berth/stdx'
import packageJson from '../package.json' with { type: 'json' }
import { parseCommand, usage, type Command, type ServeCommand } from './command-line.ts'
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
      const report = await gc({
        ...command,
        policies: await loadPolicies(command.policiesFile),
        failpoint: openFailpoints(),
        logger: silentLogger,
      })
      return void process.stdout.write(formatGarbageReport(report, command.dryRun))
    }
    case 'serve':
      return runServer(command)
    default:
      return command satisfies never
  }
}

/** What `BERTH_FAILPOINTS` says, for tests of crashes. */
function openFailpoints(): StorageFailpoint | undefined {
  const text = process.env['BERTH_FAILPOINTS']
  return text === undefined ? undefined : armFailpoints(text, { steps: storageSteps })
}

async function loadPolicies(path: string | undefined): Promise<RepositoryPolicy[]> {
  return path === undefined ? [] : (await import('./policies.ts')).readPolicies(path)
}

async function runServer(command: ServeCommand): Promise<void> {
  const logger = createPinoLogger(command.logLevel)
  const { promise: stopped, resolve: stop } = Promise.withResolvers<NodeJS.Signals>()
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  const onListening = (url: string) => {
    process.stdout.write(`berth-hub listens on ${url}\n`)
    logger.info('listening', { url, data: command.dataDirectory })
  }
  if (command.workers === 1) return serveAlone(command, { logger, stopped, onListening })
  const { announce, runWorkers, workerIndex } = await import('./workers.ts')
  const index = workerIndex(process.env)
  if (index === undefined) return runWorkers({ count: command.workers, logger, onListening }, stopped)
  await serveAlone({ ...command, isMaintaining: index === 0 }, { logger, stopped, onListening: announce })
  process.disconnect?.()
}

async function serveAlone(
  command: ServeCommand & { isMaintaining?: boolean },
  { logger, stopped, onListening }: Serving,
): Promise<void> {
  const failpoint = openFailpoints()
  if (failpoint) logger.warn('Failpoints are armed: this registry fails on purpose')
  await using hub = await serve({ isMaintaining: true, ...command, failpoint, logger })
  onListening(hub.url)
  logger.info('stopping', { signal: await stopped })
}

interface Serving {
  logger: Logger
  stopped: Promise<NodeJS.Signals>
  onListening: (url: string) => void
}

try {
  await run(parseCommand(process.argv.slice(2), process.env))
} catch (error) {
  const hint = error instanceof CodedError && error.hint !== undefined ? `\n${error.hint}` : ''
  process.stderr.write(`berth-hub: ${messageOf(error)}${hint}\n`)
  process.exitCode = 1
}
