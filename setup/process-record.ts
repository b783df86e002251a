import { readFile, rm } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { writeFileAtomic } from '@berth/stdx'

/** One process for all time: a pid comes back, a pid with this boot and start time does not. */
export interface ProcessRecord {
  pid: number
  bootId: string
  /** Clock ticks after boot, proc_pid_stat(5) field 22. */
  startTime: string
  /** What its starter wants to remember, such as a port. */
  note: string
}

export async function recordProcess(path: string, pid: number, note: string): Promise<void> {
  const startTime = await readStartTime(pid)
  if (!startTime) return
  await writeFileAtomic(
    path,
    JSON.stringify({ pid, bootId: await readBootId(), startTime, note } satisfies ProcessRecord),
  )
}

/** The recorded process if it still runs. */
export async function findRecorded(path: string): Promise<ProcessRecord | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (!text) return undefined
  const record = JSON.parse(text) as ProcessRecord
  return (await isRunning(record)) ? record : undefined
}

/** Asks the recorded process to end, insists after `graceMs`, and forgets it. False when it was not running. */
export async function endRecorded(path: string, graceMs: number): Promise<boolean> {
  const record = await findRecorded(path)
  if (record) {
    process.kill(record.pid, 'SIGTERM')
    if (!(await hasEnded(record, graceMs))) {
      process.kill(record.pid, 'SIGKILL')
      await hasEnded(record, graceMs)
    }
  }
  await rm(path, { force: true })
  return record !== undefined
}

async function hasEnded(record: ProcessRecord, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs
  while (performance.now() < deadline) {
    if (!(await isRunning(record))) return true
    await delay(50)
  }
  return false
}

async function isRunning({ pid, bootId, startTime }: ProcessRecord): Promise<boolean> {
  return bootId === (await readBootId()) && startTime === (await readStartTime(pid))
}

async function readBootId(): Promise<string> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim()
}

/** Undefined when there is no such process, or it has ended and only waits to be collected. */
async function readStartTime(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  // The name in parentheses may hold anything; field 3, the state, follows the last of them.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields?.[0] === 'Z' ? undefined : fields?.[19]
}
