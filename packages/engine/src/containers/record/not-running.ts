import { CodedError } from '@berth/stdx'
import type { ContainerRecord } from './container-record.ts'

/** For verbs that need a process. */
export function notRunning(record: ContainerRecord): CodedError {
  return new CodedError('conflict', `container ${record.id} is not running`)
}
