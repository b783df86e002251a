import { CodedError, isCoded, noSpaceError, systemCode, type ErrorCode } from '@berth/stdx'
import { getSystemErrorMessage } from 'node:util'
import { quoted } from '../tar/malformed.ts'
import type { TarEntry } from '../tar/tar-entry.ts'

/** What the kernel says of a name that an archive has, by whose doing it is. */
const codes: Readonly<Record<string, ErrorCode>> = {
  EACCES: 'forbidden',
  EPERM: 'forbidden',
  EROFS: 'forbidden',
  EBUSY: 'conflict',
  EEXIST: 'invalid-argument',
  EISDIR: 'invalid-argument',
  ELOOP: 'invalid-argument',
  ENAMETOOLONG: 'invalid-argument',
  ENOENT: 'invalid-argument',
  ENOTDIR: 'invalid-argument',
  EXDEV: 'conflict',
}

/** An error on the way of one member into a tree, with its name; coded errors as they are. */
export function mergeError(entry: TarEntry, error: unknown): unknown {
  if (isCoded(error)) return error
  const noSpace = noSpaceError(error, `unpack ${quoted(entry.name)}`)
  if (noSpace) return noSpace
  const code = systemCode(error)
  const errno = (error as { errno?: unknown }).errno
  if (code === undefined || typeof errno !== 'number') return error
  const text = code === 'EXDEV' ? 'a mount is in its way' : getSystemErrorMessage(-Math.abs(errno))
  return new CodedError(codes[code] ?? 'internal', `Cannot unpack ${quoted(entry.name)}: ${text}`, {
    cause: error,
  })
}
