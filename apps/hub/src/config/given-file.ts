import { readFile } from 'node:fs/promises'
import { CodedError } from '@berth/stdx'
import { systemReason } from './system-reason.ts'

/** A file that a setting names. */
export interface GivenFile {
  /** `--tls-cert` */
  flag: string
  path: string
}

/** All of it; throws `invalid-argument`, in words that name flag and file. */
export async function readGivenFile({ flag, path }: GivenFile): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (error) {
    throw refusedFile({ flag, path }, systemReason(error), error)
  }
}

/** Says what is wrong with it. */
export function refusedFile({ flag, path }: GivenFile, state: string, cause?: unknown): CodedError {
  return new CodedError('invalid-argument', `Cannot read ${path} of ${flag}: ${state}`, { cause })
}
