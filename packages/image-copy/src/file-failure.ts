import { CodedError, messageOf, noSpaceError, systemCode, type ErrorCode } from '@berth/stdx'

const words: Readonly<Record<string, { code: ErrorCode; text: string }>> = {
  ENOENT: { code: 'not-found', text: 'no such file or directory' },
  ENOTDIR: { code: 'failed-precondition', text: 'not a directory' },
  EISDIR: { code: 'failed-precondition', text: 'is a directory' },
  EACCES: { code: 'forbidden', text: 'permission denied' },
}

/** What the system says of a file, as an error for people (`action` is `read FILE`); any other error is as it was. */
export function fileFailure(action: string, error: unknown): unknown {
  const systemName = systemCode(error)
  if (error instanceof CodedError || systemName === undefined) return error
  const noSpace = noSpaceError(error, action)
  if (noSpace) return noSpace
  const { code, text } = words[systemName] ?? { code: 'internal', text: messageOf(error) }
  return new CodedError(code, `Cannot ${action}: ${text}`, { cause: error })
}
