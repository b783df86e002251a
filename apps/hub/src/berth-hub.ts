import { storageSteps, type RepositoryPolicy, type StorageFailpoint } from '@berth/registry-server'
import { armFailpoints, CodedError, messageOf, readBounded, silentLogger, type Logger } from '@berth/stdx'
import packageJson from '../package.json' with { type: 'json' }
import { parseCommand, type Command, type ListenAddress, type ServeCommand } from './config/command-line.ts'
import { readConfigFile, readExampleConfig } from './config/config-file.ts'
import { formatGarbageReport, gc } from './commands/gc.ts'
import type { OpenCounter } from './limits/window-counter.ts'
import type { HubMetrics } from './operation/hub-metrics.ts'
import { createPinoLogger } from './operation/pino-logger.ts'
import { seed } from './commands/seed.ts'
import { serve } from './serve.ts'
import { usageOf } from './config/usage.ts'
import { validate } from './commands/validate.ts'
import type { Listening } from './operation/workers.ts'

const passwordBytesMax = 4096

async function run(command: Command): Promise<void> {
  switch (command.name) {
    case 'help':
      return void process.stdout.write(usageOf(command.about))
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
    case 'validate':
      await validate(command.command)
      return void process.stdout.write('ok\n')
    case 'admin': {
      const { runAdmin } = await import('./commands/admin.ts')
      return void process.stdout.write(
        await runAdmin(command.action, { ...command, readPassword, logger: silentLogger }),
      )
    }
    case 'config':
      return void process.stdout.write(await readExampleConfig())
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
  return path === undefined ? [] : (await import('./config/policies.ts')).readPolicies(path)
}

async function runServer(command: ServeCommand): Promise<void> {
  const logger = createPinoLogger(command.logLevel)
  const { promise: stopped, resolve: stop } = Promise.withResolvers<NodeJS.Signals>()
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  const onListening = ({ url, notice = '' }: Listening) => {
    process.stdout.write(`berth-hub listens on ${url}\n${notice}`)
    logger.info('listening', { url, data: command.dataDirectory })
  }
  if (command.workers === 1) return serveAlone(command, { logger, stopped, onListening })
  const { announce, announceFailure, runWorkers, workerIndex } = await import('./operation/workers.ts')
  const { countForWorkers, sharedCounters } = await import('./limits/shared-counters.ts')
  const index = workerIndex(process.env)
  if (index === undefined) {
    countForWorkers()
    await using _metrics = command.metrics && (await serveWorkersMetrics(command.metrics, logger))
    return await runWorkers({ count: command.workers, logger, onListening }, stopped)
  }
  const openCounter = sharedCounters()
  let isListening = false
  const onWorkerListening = (listening: Listening) => {
    isListening = true
    announce(listening)
  }
  const serving = { logger, stopped, onListening: onWorkerListening, openCounter }
  try {
    await serveAlone({ ...command, isMaintaining: index === 0 }, serving)
  } catch (error) {
    if (isListening) throw error
    await announceFailure(error)
    process.exitCode = 1
  } finally {
    // As long as it is open this process does not end.
    process.disconnect?.()
  }
}

async function serveAlone(
  command: ServeCommand & { isMaintaining?: boolean },
  { logger, stopped, onListening, openCounter }: Serving,
): Promise<void> {
  const failpoint = openFailpoints()
  if (failpoint) logger.warn('Failpoints are armed: this registry fails on purpose')
  await using stack = new AsyncDisposableStack()
  const metrics =
    command.metrics && (await openMetrics(command.metrics, { stack, logger, isWorker: command.workers > 1 }))
  await using hub = await serve({ isMaintaining: true, ...command, openCounter, failpoint, metrics, logger })
  onListening(hub)
  logger.info('stopping', { signal: await stopped })
}

/** A worker's are served by the process that started it, together with the others'. */
async function openMetrics(
  listen: ListenAddress,
  { stack, logger, isWorker }: { stack: AsyncDisposableStack; logger: Logger; isWorker: boolean },
): Promise<HubMetrics> {
  const { HubMetrics } = await import('./operation/hub-metrics.ts')
  const metrics = new HubMetrics()
  const { answerForWorkers, serveMetrics } = await import('./operation/serve-metrics.ts')
  if (isWorker) {
    answerForWorkers()
    return metrics
  }
  stack.use(await serveMetrics({ listen, logger, collect: () => metrics.collect() }))
  return metrics
}

async function serveWorkersMetrics(listen: ListenAddress, logger: Logger): Promise<AsyncDisposable> {
  const { serveMetrics, workersMetrics } = await import('./operation/serve-metrics.ts')
  return serveMetrics({ listen, logger, collect: workersMetrics() })
}

/** As `docker login --password-stdin` reads it: one line end is not of the password. */
async function readPassword(): Promise<string> {
  const bytes = await readBounded(process.stdin, passwordBytesMax, 'password')
  return Buffer.from(bytes)
    .toString('utf8')
    .replace(/\r?\n$/, '')
}

interface Serving {
  logger: Logger
  stopped: Promise<NodeJS.Signals>
  onListening: (listening: Listening) => void
  /** In a worker: limits are those of all. */
  openCounter?: OpenCounter
}

try {
  const argv = process.argv.slice(2)
  await run(parseCommand(argv, process.env, await readConfigFile(argv, process.env)))
} catch (error) {
  const hint = error instanceof CodedError && error.hint !== undefined ? `\n${error.hint}` : ''
  process.stderr.write(`berth-hub: ${messageOf(error)}${hint}\n`)
  process.exitCode = 1
}
