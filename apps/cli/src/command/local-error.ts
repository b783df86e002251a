import { CodedError, systemCode } from '@berth/stdx'
import { getSystemErrorMessage } from 'node:util'

/** Where libuv has other words than everyone. */
const words: Readonly<Record<string, string>> = { EEXIST: 'file exists', EISDIR: 'is a directory' }

/** A failure of this machine's files in the words that the field has for it: `lstat /x: no such file or directory`. */
export function localError(error: unknown, subject: string): unknown {
  const { errno } = error as { errno?: unknown }
  const code = systemCode(error)
  if (code === undefined || typeof errno !== 'number') return error
  const text = words[code] ?? getSystemErrorMessage(-Math.abs(errno))
  return new CodedError('invalid-argument', subject === '' ? text : `${subject}: ${text}`, { cause: error })
}
