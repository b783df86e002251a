import { CodedError, systemCode } from '@berth/stdx'

const texts = new Map([
  ['ENOSPC', 'no space left on device'],
  ['EDQUOT', 'disk quota exceeded'],
])

/** The error of a full disk as `unavailable`, since a later try can succeed; undefined for any other error. */
export function noSpaceError(error: unknown): CodedError | undefined {
  const text = texts.get(systemCode(error) ?? '')
  if (text === undefined) return undefined
  return new CodedError('unavailable', `Cannot write to the content store: ${text}`, {
    cause: error,
    hint: 'Free space on the file system of the data root, then try again.',
  })
}
