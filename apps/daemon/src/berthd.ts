import { environmentProxy } from '@berth/registry-client'
import { isCoded, messageOf, type Logger } from '@berth/stdx'
import { once } from 'node:events'
import { extname, join } from 'node:path'
import { parseCommandLine, type Invocation } from './config/command-line.ts'
import { openDaemon, type Daemon } from './daemon.ts'
import { createLogger } from './logger.ts'
import { inheritedSockets } from './server/systemd-sockets.ts'
import { version } from './version.ts'

/** Beside this module, a source or a bundle like it. */
const monitorPath = join(import.meta.dirname, `berth-monitor${extname(import.meta.filename)}`)

const invocation = parseCommandLine(process.argv.slice(2), { version })
if (invocation.kind === 'end') end(invocation)
else await run(invocation)

function end({ stdout, stderr, exitCode }: Invocation & { kind: 'end' }): void {
  process.stdout.write(stdout)
  process.stderr.write(stderr)
  process.exitCode = exitCode
}

/** Reads the configuration again; one that is not valid changes nothing. */
function reload(daemon: Daemon, logger: Logger): void {
  const next = parseCommandLine(process.argv.slice(2), { version })
  if (next.kind === 'run') daemon.reload(next.config)
  else logger.error('Cannot reload the configuration, the one before stays', { error: next.stderr.trim() })
}

/** Runs until a signal asks it to end. */
async function run({ config }: Invocation & { kind: 'run' }): Promise<void> {
  const logger = createLogger({ level: config.logLevel, stream: process.stderr, format: config.logFormat })
  const stopped = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopped.abort())
  // Without a listener the signal would end the process, also while it starts.
  let hangUp = () => {}
  process.on('SIGHUP', () => hangUp())
  try {
    await using daemon = await openDaemon({
      config,
      logger,
      inheritedFds: inheritedSockets(process.env, process.pid),
      searchPath: process.env['PATH'] ?? '',
      proxy: environmentProxy(process.env),
      failpoints: process.env['BERTH_FAILPOINTS'],
      monitorPath,
    })
    hangUp = () => reload(daemon, logger)
    if (!stopped.signal.aborted) await once(stopped.signal, 'abort')
    logger.info('Shutting down')
    await daemon.shutdown()
  } catch (error) {
    const hint = isCoded(error) && error.hint ? `\n${error.hint}` : ''
    process.stderr.write(`failed to start daemon: ${messageOf(error)}${hint}\n`)
    process.exitCode = 1
  }
}
