import { CodedError } from '@berth/stdx'
import { linuxKernel } from '@berth/syscalls'
import { closeSync, mkdirSync, openSync, rmSync } from 'node:fs'
import { flushCompileCache } from 'node:module'
import { ChildReaper } from './child-reaper.ts'
import { MonitorServer } from './monitor-server.ts'
import { lockName, socketName } from './protocol.ts'
import { RunPaths } from './run-paths.ts'
import { Supervisor } from './supervisor.ts'

export interface RunMonitorOptions {
  /** Holds everything that the monitor has, 0700; its path is at most 90 bytes long, for sockets are in it. */
  runDirectory: string
  /** With no engine connected and no container left for so long the monitor ends. */
  idleMs?: number
  /** Takes a line about what nobody asked for and somebody should know, for example a log that cannot be written. */
  report?: (message: string) => void
}

const defaultIdleMs = 5000
const pollMs = 500

/**
 * The monitor program: supervises the containers of one run directory until there is nothing to do. Rejects with code
 * `already-exists` when another monitor has the directory. Resolves when the monitor has ended; the caller then ends the
 * process.
 */
export async function runMonitor(options: RunMonitorOptions): Promise<void> {
  const { runDirectory, idleMs = defaultIdleMs, report = () => undefined } = options
  mkdirSync(runDirectory, { recursive: true, mode: 0o700 })
  lock(`${runDirectory}/${lockName}`)
  const { promise: shutdown, resolve: onShutdown } = Promise.withResolvers<void>()
  using reaper = new ChildReaper()
  const supervisor = new Supervisor({ paths: new RunPaths(runDirectory), reaper, report })
  await supervisor.recover()
  const server = new MonitorServer({ supervisor, onShutdown, report })
  const socketPath = `${runDirectory}/${socketName}`
  rmSync(socketPath, { force: true })
  await server.listen(socketPath)
  ignoreSignals()
  // A process that may be killed at any time writes what its next start can use now: it is half as large then.
  flushCompileCache()
  await Promise.race([shutdown, idle(() => supervisor.isIdle && server.connectionCount === 0, idleMs)])
  rmSync(socketPath, { force: true })
}

/** Held until the process ends. */
function lock(path: string): void {
  const descriptor = openSync(path, 'w', 0o600)
  try {
    linuxKernel.lockFile(descriptor)
  } catch (cause) {
    closeSync(descriptor)
    throw new CodedError('already-exists', `Cannot run monitor: another one has ${path}`, { cause })
  }
}

/** Containers depend on the monitor: what ends an engine, or a terminal, does not end it. SIGKILL does. */
function ignoreSignals(): void {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined)
}

async function idle(isIdle: () => boolean, idleMs: number): Promise<void> {
  let idleSince = performance.now()
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setInterval(() => {
    if (!isIdle()) idleSince = performance.now()
    else if (performance.now() - idleSince >= idleMs) resolve()
  }, pollMs)
  await promise
  clearInterval(timer)
}
