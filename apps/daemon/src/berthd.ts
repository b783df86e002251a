import { environmentProxy } from '@berth/registry-client'
import { CodedError, isCoded, messageOf, type Logger } from '@berth/stdx'
import { once } from 'node:events'
import { extname, join } from 'node:path'
import { parseCommandLine, type Invocation } from './config/command-line.ts'
import type { DaemonConfig } from './config/daemon-config.ts'
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

/** The flags of this start with the file as it is now. */
function reread(): DaemonConfig {
  const next = parseCommandLine(process.argv.slice(2), { version })
  if (next.kind === 'run') return next.config
  throw new CodedError('invalid-argument', next.stderr.trim())
}

function reload(daemon: Daemon, logger: Logger): void {
  try {
    daemon.reload()
  } catch (error) {
    logger.error('Cannot reload the configuration, the one before stays', { error: messageOf(error) })
  }
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
      reread,
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
