import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { CodedError } from '@berth/stdx'
import { endRecorded, findRecorded, recordProcess } from './process-record.ts'

/** A program that goes on running after the script: it has a record `<name>.json` and a log `<name>.log` in `stateDirectory`. */
export interface Service {
  name: string
  stateDirectory: string
  command: readonly string[]
  /** Whether it answers. */
  isReady: () => Promise<boolean>
  note?: string
}

const readyTimeoutMs = 30_000
const stopGraceMs = 20_000

export function logPath({ stateDirectory, name }: Pick<Service, 'stateDirectory' | 'name'>): string {
  return join(stateDirectory, `${name}.log`)
}

export function recordPath({ stateDirectory, name }: Pick<Service, 'stateDirectory' | 'name'>): string {
  return join(stateDirectory, `${name}.json`)
}

/** Starts the service in a session of its own and waits until it answers; throws with the end of its log when it does not. */
export async function startService(service: Service): Promise<void> {
  await mkdir(service.stateDirectory, { recursive: true, mode: 0o755 })
  const log = await open(logPath(service), 'a', 0o640)
  const [program = '', ...args] = service.command
  const child = spawn(program, args, { detached: true, stdio: ['ignore', log.fd, log.fd] })
  await log.close()
  if (!child.pid) {
    const [error] = (await once(child, 'error')) as [Error]
    throw new CodedError('unavailable', `Cannot start ${program}: ${error.message}`)
  }
  child.unref()
  await recordProcess(recordPath(service), child.pid, service.note ?? '')
  await waitUntilReady(service)
}

async function waitUntilReady(service: Service): Promise<void> {
  const deadline = performance.now() + readyTimeoutMs
  while (performance.now() < deadline) {
    if (await service.isReady()) return
    if (!(await findRecorded(recordPath(service)))) throw await failure(service, 'ended before it answered')
    await delay(50)
  }
  throw await failure(service, `does not answer after ${readyTimeoutMs / 1000} s`)
}

async function failure(service: Service, what: string): Promise<CodedError> {
  const log = await readFile(logPath(service), 'utf8').catch(() => '')
  const hint = `Its log is ${logPath(service)}. The end of it:\n${log.trimEnd().split('\n').slice(-15).join('\n')}`
  return new CodedError('unavailable', `${service.command.join(' ')} ${what}`, { hint })
}

/** Ends the service if it was started here; false when it does not run. */
export function stopService(service: Pick<Service, 'name' | 'stateDirectory'>): Promise<boolean> {
  return endRecorded(recordPath(service), stopGraceMs)
}
