import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { logName } from '../monitor/protocol.ts'

export interface StartMonitorOptions {
  runDirectory: string
  /** The program's entry point, a module that calls `runMonitor`. */
  entryPath: string
}

/** The monitor does little and shall be small. */
const nodeFlags = [
  '--max-semi-space-size=1',
  '--max-old-space-size=128',
  '--disable-warning=ExperimentalWarning',
]

/**
 * Starts the monitor program in a session of its own, so that it outlives its parent. Resolves to false when it ended
 * before `until` settled.
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
