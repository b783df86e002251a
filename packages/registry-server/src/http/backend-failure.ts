import { CodedError, systemCode } from '@berth/stdx'

/**
 * A disk, or what stands for one over a network, that does not do its work now or is not there (a file that may be missing
 * is `not-found` by then); and a process at its limit of files.
 */
const systemCodes: ReadonlySet<string> = new Set(
  'ENOENT ENOTDIR EIO EROFS ESTALE ENODEV ENXIO ENOTCONN EHOSTDOWN ETIMEDOUT EMFILE ENFILE ENOMEM EAGAIN'.split(
    ' ',
  ),
)

/** SQLite, "Result and Error Codes": busy, locked, read-only, input or output, cannot open. */
const sqliteCodes: ReadonlySet<number> = new Set([5, 6, 8, 10, 14])

/** The `unavailable` error of a storage or database that fails, when that is what lies at the bottom of `error`. */
export function backendFailure(error: unknown): CodedError | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (systemCodes.has(systemCode(cause) ?? '') || isSqliteFailure(cause))
      return new CodedError('unavailable', 'the storage of the registry fails', { cause: error })
  return undefined
}

function isSqliteFailure(error: Error): boolean {
  // The low byte is the code, the others say more of it.
  return 'errcode' in error && typeof error.errcode === 'number' && sqliteCodes.has(error.errcode & 0xff)
}
