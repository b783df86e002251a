import { CodedError } from '@berth/stdx'
import { defaultContextName } from './stored-context.ts'

const pattern = /^[a-zA-Z0-9][a-zA-Z0-9_.+-]+$/

/** Throws in Docker's words for a name that no stored context can have. */
export function checkContextName(name: string): void {
  if (name === defaultContextName) throw invalid('"default" is a reserved context name')
  if (!pattern.test(name))
    throw invalid(`context name "${name}" is invalid, names are validated against regexp "${pattern.source}"`)
}

function invalid(message: string): CodedError {
  return new CodedError('invalid-argument', message)
}
