import { CodedError } from '@berth/stdx'
import type { ProcessReference } from './protocol.ts'

/** Ids become file names and arguments of the runtime. */
const idPattern = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}$/

export function checkId(id: string): void {
  if (!idPattern.test(id))
    throw new CodedError('invalid-argument', `Cannot use id ${JSON.stringify(id)}: malformed`)
}

/** One text for one process; ids hold no slash. */
export function processKey({ containerId, execId }: ProcessReference): string {
  return execId === undefined ? containerId : `${containerId}/${execId}`
}
