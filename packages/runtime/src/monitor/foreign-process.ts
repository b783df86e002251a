import { linuxKernel } from '@berth/syscalls'
import { closeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Outcome } from './outcome.ts'
import type { OutputFanOut } from './output-fan-out.ts'
import { findStartTicks } from './process-record.ts'

const pollMs = 1000
const reapPollMs = 100
/** How long the process's parent may take to wait for it. */
const maxReapPolls = 50

const unknown: Outcome = { exitCode: 255, isUnknown: true }

export interface ForeignProcess {
  pid: number
  startTicks: string
  output: OutputFanOut
}

/**
 * Waits for a process that is no child: another monitor started it. Where the kernel tells how such a one ended (Linux
 * 6.15) that is the outcome, else 255, marked as unknown.
 */
export async function waitForForeignProcess({ pid, startTicks, output }: ForeignProcess): Promise<Outcome> {
  const pidfd = findPidfd(pid)
  // Checked after the descriptor was opened: from now on it is that very process, or none.
  const isRunning = () => pidfd !== undefined && findStartTicks(pid) === startTicks
  if (!isRunning()) return unknown
  try {
    // The end of the output is mostly the end of the process, and noticed at once.
    await Promise.race([output.ended, sleep(pollMs)])
    while (isRunning()) await sleep(pollMs)
    return await readOutcome(pidfd)
  } finally {
    if (pidfd !== undefined) closeSync(pidfd)
  }
}

function findPidfd(pid: number): number | undefined {
  try {
    return linuxKernel.openPidfd(pid)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return undefined
    throw error
  }
}

async function readOutcome(pidfd: number | undefined): Promise<Outcome> {
  if (pidfd === undefined) return unknown
  for (let polls = 0; polls < maxReapPolls; polls++) {
    const exit = findExit(pidfd)
    if (exit === 'unsupported') return unknown
    if (exit !== undefined) return { exitCode: exit.exitCode }
    await sleep(reapPollMs)
  }
  return unknown
}

function findExit(pidfd: number): { exitCode: number } | 'unsupported' | undefined {
  try {
    return linuxKernel.readPidfdExit(pidfd)
  } catch {
    // Kernels before 6.15 do not know the question.
    return 'unsupported'
  }
}
