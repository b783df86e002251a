import type { ContainerRecord } from '../record/container-record.ts'

const firstDelayMs = 100
const delayMsMax = 60_000
/** A container that lived this long starts over with the shortest delay. */
const steadyMs = 10_000

/** Whether the policy wants a container that has just ended to run again. */
export function shouldRestart(record: ContainerRecord): boolean {
  const policy = record.hostConfig.RestartPolicy
  if (record.state.isManuallyStopped) return false
  switch (policy?.Name) {
    case 'always':
    case 'unless-stopped':
      return true
    case 'on-failure': {
      const most = policy.MaximumRetryCount ?? 0
      return record.state.exitCode !== 0 && (most === 0 || record.restartCount < most)
    }
    default:
      return false
  }
}

/** The wait before the next start: twice the last one, from 100 ms to a minute, short again after ten seconds of life. */
export function nextDelayMs(previousMs: number | undefined, livedMs: number): number {
  if (previousMs === undefined || livedMs >= steadyMs) return firstDelayMs
  return Math.min(previousMs * 2, delayMsMax)
}
