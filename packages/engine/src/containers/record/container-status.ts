import { formatAge } from '@berth/api'
import type { ContainerRecord } from './container-record.ts'

/** The words of `ps` under STATUS. */
export function statusText({ state }: ContainerRecord, nowMs: number = Date.now()): string {
  const since = (time: string) => formatAge(Math.max(0, nowMs - Date.parse(time)))
  switch (state.status) {
    case 'running':
      return `Up ${since(state.startedAt)}`
    case 'paused':
      return `Up ${since(state.startedAt)} (Paused)`
    case 'restarting':
      return `Restarting (${state.exitCode}) ${since(state.finishedAt)} ago`
    case 'removing':
      return 'Removal In Progress'
    case 'dead':
      return 'Dead'
    case 'created':
      return 'Created'
    case 'exited':
      return `Exited (${state.exitCode}) ${since(state.finishedAt)} ago`
    default:
      return state.status satisfies never
  }
}
