import { CodedError, firstFailure, isCoded, systemCode } from './coded-error.ts'

const texts: Readonly<Record<string, string>> = {
  ENOSPC: 'no space left on device',
  EDQUOT: 'disk quota exceeded',
}

/** SQLite, "Result and Error Codes". */
const sqliteFull = 13

/**
 * The `no-space` error of a full disk or database, `Cannot <action>: no space left on device`, when that is what lies at
 * the bottom of `error`; undefined for any other. One that is made already is returned as it is.
 */
export function noSpaceError(error: unknown, action: string): CodedError | undefined {
  for (let cause = firstFailure(error); cause instanceof Error; cause = firstFailure(cause.cause)) {
    if (isCoded(cause, 'no-space')) return cause
    const text = textOf(cause)
    if (text === undefined) continue
    return new CodedError('no-space', `Cannot ${action}: ${text}`, {
      cause: error,
      hint: 'Free space on that file system, then try again.',
    })
  }
  return undefined
}

function textOf(error: Error): string | undefined {
  const isSqliteFull = 'errcode' in error && error.errcode === sqliteFull
  return isSqliteFull ? texts['ENOSPC'] : texts[systemCode(error) ?? '']
}
