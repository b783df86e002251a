import { CodedError } from '@berth/stdx'
import { open } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Io } from './io.ts'
import { localError } from './local-error.ts'

/** The bytes of a file, opened now; its failures are told in the words that other tools have for them. */
export async function openInput(path: string, io: Io): Promise<AsyncIterable<Uint8Array>> {
  const file = await open(resolve(io.folder, path)).catch((error: unknown) => {
    throw localError(error, `open ${path}`)
  })
  if ((await file.stat()).isDirectory()) {
    await file.close()
    throw new CodedError('invalid-argument', `read ${path}: is a directory`)
  }
  return file.createReadStream({ highWaterMark: chunkBytes })
}

const chunkBytes = 1024 * 1024
