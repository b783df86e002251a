import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import type { ExitEvent, LogOptions, StdioOptions } from '../monitor-api.ts'

/** What is on disk of a process, in its directory: enough for another monitor to take over. */
export interface ProcessRecord {
  containerId: string
  execId?: string
  runtime: string
  pid: number
  /** Tells the process from another that got its pid later: field 22 of /proc/<pid>/stat. */
  startTicks: string
  startedAt: string
  isPaused: boolean
  isTerminal: boolean
  stdio: StdioOptions
  /** Of a container's first process. */
  log?: LogOptions
  cgroupsPath?: string
  exit?: ExitEvent
}

const recordName = 'state.json'

/** Replaces the record at once; the run directory does not outlive the kernel, so nothing is synced. */
export function writeProcessRecord(directory: string, record: ProcessRecord): void {
  const temporary = `${directory}/${recordName}.tmp`
  writeFileSync(temporary, JSON.stringify(record), { mode: 0o600 })
  renameSync(temporary, `${directory}/${recordName}`)
}

/** The record, or undefined when the process was never acknowledged to run. */
export function findProcessRecord(directory: string): ProcessRecord | undefined {
  try {
    return JSON.parse(readFileSync(`${directory}/${recordName}`, 'utf8')) as ProcessRecord
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** When a process started, in clock ticks since boot; undefined when there is none that has not ended. */
export function findStartTicks(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The second field is the program's name in parentheses, which may hold anything; the third is the state.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19]
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ESRCH') return undefined
    throw error
  }
}
