import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { logName } from '../monitor/protocol.ts'

export interface StartMonitorOptions {
  runDirectory: string
  /** The program's entry point, a module that calls `runMonitor`. */
  entryPath: string
}

/** The monitor waits most of the time, and does nothing that a larger heap would make faster. */
const nodeFlags = ['--max-semi-space-size=2', '--v8-pool-size=1']

/**
 * Starts the monitor program in a session of its own, so that it outlives its parent; its environment is the parent's.
 * `hasEnded` turns true when it could not be started, or has ended.
 */
export function startMonitor({ runDirectory, entryPath }: StartMonitorOptions): {
  readonly hasEnded: boolean
} {
  mkdirSync(runDirectory, { recursive: true, mode: 0o700 })
  const log = openSync(`${runDirectory}/${logName}`, 'a', 0o600)
  const state = { hasEnded: false }
  try {
    const child = spawn(process.execPath, [...nodeFlags, entryPath, '--run-directory', runDirectory], {
      cwd: '/',
      detached: true,
      stdio: ['ignore', log, log],
    })
    child.on('error', () => (state.hasEnded = true))
    child.on('exit', () => (state.hasEnded = true))
    child.unref()
  } finally {
    closeSync(log)
  }
  return state
}
