import { getSystemErrorMessage } from 'node:util'
import { messageOf } from '@berth/stdx'

/** Why the system refused, without its calls and codes: "no such file or directory". */
export function systemReason(error: unknown): string {
  const errno = error instanceof Error && 'errno' in error ? error.errno : undefined
  return typeof errno === 'number' ? getSystemErrorMessage(-Math.abs(errno)) : messageOf(error)
}
