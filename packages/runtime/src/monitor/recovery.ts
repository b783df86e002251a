import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { runtimeFileName } from './launcher.ts'
import type { Launched, Launcher } from './launcher.ts'
import { findProcessRecord } from './process-record.ts'
import type { ProcessRecord } from './process-record.ts'
import type { RunPaths } from './run-paths.ts'
import { reopenFifos } from './stdio.ts'
import type { OpenStdio } from './stdio.ts'

export type Recovered = Launched & { directory: string }

/** Finds the processes that another monitor started, and removes what it did not finish starting. */
export async function recoverProcesses(paths: RunPaths, launcher: Launcher): Promise<Recovered[]> {
  const found: Recovered[] = []
  for (const containerId of readdirSync(paths.containers)) {
    const directory = paths.container(containerId)
    const record = findProcessRecord(directory)
    if (record === undefined) {
      await removeUnfinished(containerId, directory, launcher)
      continue
    }
    found.push(recover(directory, record), ...recoverExecs(paths, containerId))
  }
  return found
}

function recoverExecs(paths: RunPaths, containerId: string): Recovered[] {
  const execs = paths.execs(containerId)
  if (!existsSync(execs)) return []
  return readdirSync(execs).flatMap((execId) => {
    const directory = paths.process({ containerId, execId })
    const record = findProcessRecord(directory)
    if (record !== undefined) return [recover(directory, record)]
    rmSync(directory, { recursive: true, force: true })
    return []
  })
}

function recover(directory: string, record: ProcessRecord): Recovered {
  return { directory, record, stdio: reopenStdio(directory, record) }
}

/** A terminal does not outlive the monitor that held its other side. */
function reopenStdio(directory: string, { isTerminal, exit, stdio }: ProcessRecord): OpenStdio {
  const isGone = isTerminal || exit !== undefined
  return isGone
    ? { isTerminal, input: undefined, output: [], resize: undefined }
    : reopenFifos(directory, stdio.openStdin)
}

/** A start that was never acknowledged is undone, also when its runtime is still at it. */
async function removeUnfinished(containerId: string, directory: string, launcher: Launcher): Promise<void> {
  for (const pid of pidsOfBundle(directory)) process.kill(pid, 'SIGKILL')
  const runtime = findStartingRuntime(directory)
  if (runtime !== undefined)
    await launcher.release({ containerId, runtime }, directory).catch(() => undefined)
  rmSync(directory, { recursive: true, force: true })
}

function findStartingRuntime(directory: string): string | undefined {
  const path = `${directory}/${runtimeFileName}`
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined
}

function pidsOfBundle(directory: string): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && commandLine(pid).includes(directory))
}

function commandLine(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  } catch {
    return []
  }
}
