import { CodedError, systemCode } from '@berth/stdx'
import { readFileSync } from 'node:fs'

/** A PEM file. Files at their default places may be missing; one that was named may not. */
export function readCertificate(path: string, isNamed: boolean): Uint8Array | undefined {
  try {
    return readFileSync(path)
  } catch (error) {
    if (!isNamed && systemCode(error) === 'ENOENT') return undefined
    throw new CodedError('invalid-argument', `could not read ${path}`, {
      cause: error,
      hint: 'Check the path and that you may read it.',
    })
  }
}
