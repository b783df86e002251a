import type { ContainerContext } from '../container-context.ts'
import type { ContainerRecord } from './container-record.ts'

/** Noted before the signal, so that no restart policy brings the container back. */
export function markStopped(context: ContainerContext, record: ContainerRecord): void {
  context.restarter.cancel(record.id)
  context.containers.setState(record.id, { isManuallyStopped: true })
}
