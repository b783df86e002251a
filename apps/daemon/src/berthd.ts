import { isCoded, messageOf } from '@berth/stdx'
import { once } from 'node:events'
import { parseCommandLine, type Invocation } from './config/command-line.ts'
import { openDaemon } from './daemon.ts'
import { createLogger } from './logger.ts'
import { inheritedSockets } from './server/systemd-sockets.ts'
import { version } from './version.ts'

const monitorPath = new URL('berth-monitor.ts', import.meta.url).pathname

const invocation = parseCommandLine(process.argv.slice(2), { version })
if (invocation.kind === 'end') end(invocation)
else await run(invocation)

function end({ stdout, stderr, exitCode }: Invocation & { kind: 'end' }): void {
  process.stdout.write(stdout)
  process.stderr.write(stderr)
  process.exitCode = exitCode
}

/** Runs until a signal asks it to end. */
async function run({ config }: Invocation & { kind: 'run' }): Promise<void> {
  const logger = createLogger({ level: config.logLevel, stream: process.stderr, format: config.logFormat })
  const stopped = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopped.abort())
  process.on('SIGHUP', () =>
    logger.warn('Configuration is read at the start only: restart the engine to apply it'),
  )
  try {
    await using daemon = await openDaemon({
      config,
      logger,
      inheritedFds: inheritedSockets(process.env, process.pid),
      searchPath: process.env['PATH'] ?? '',
      monitorPath,
    })
    if (!stopped.signal.aborted) await once(stopped.signal, 'abort')
    logger.info('Shutting down')
    await daemon.shutdown()
  } catch (error) {
    const hint = isCoded(error) && error.hint ? `\n${error.hint}` : ''
    process.stderr.write(`failed to start daemon: ${messageOf(error)}${hint}\n`)
    process.exitCode = 1
  }
}
