import { CodedError, systemCode } from '@berth/stdx'
import { getSystemErrorMessage } from 'node:util'

/** A failure of this machine's files in the words that the field has for it: `lstat /x: no such file or directory`. */
export function localError(error: unknown, subject: string): unknown {
  const { errno } = error as { errno?: unknown }
  if (systemCode(error) === undefined || typeof errno !== 'number') return error
  const text = getSystemErrorMessage(-Math.abs(errno))
  return new CodedError('invalid-argument', subject === '' ? text : `${subject}: ${text}`, { cause: error })
}
