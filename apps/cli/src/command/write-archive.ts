import { CodedError, messageOf, systemCode } from '@berth/stdx'
import { randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { realpath, rename, rm, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { interruptible } from './interruptible.ts'
import type { Io } from './io.ts'

export interface ArchiveTarget {
  /** A file; '' is stdout, which must not be a terminal. */
  path: string
  /** What goes before a failure to write: `failed to save image`. */
  failure: string
}

/**
 * Writes what `read` gives to stdout or, whole or not at all, to a file for its owner alone. Nothing is asked of the
 * engine before it is known that there is a place for the answer.
 */
export async function writeArchive(
  { path, failure }: ArchiveTarget,
  io: Io,
  read: (signal: AbortSignal) => Promise<AsyncIterable<Uint8Array>>,
): Promise<void> {
  if (path === '') {
    if (io.stdout.isTTY) throw toTerminal()
    await pipeline(await read(new AbortController().signal), io.stdout, { end: false })
    return
  }
  const target = await targetFile(resolve(io.folder, path)).catch((error: unknown) => {
    throw new CodedError('invalid-argument', `${failure}: ${messageOf(error)}`, { cause: error })
  })
  using interruption = interruptible(io)
  const { signal } = interruption
  await writeWhole(target, await read(signal), signal)
}

function toTerminal(): CodedError {
  return new CodedError(
    'failed-precondition',
    'cowardly refusing to save to a terminal. Use the -o flag or redirect',
  )
}

/** The file that `path` leads to; throws when nothing can be put there. */
async function targetFile(path: string): Promise<string> {
  const directory = dirname(path)
  await stat(directory).catch((error: unknown) => {
    throw systemCode(error) === 'ENOENT'
      ? new Error(`invalid output path: stat ${directory}: no such file or directory`, { cause: error })
      : error
  })
  const found = await stat(path).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return undefined
    throw error
  })
  if (found?.isDirectory()) throw new Error('cannot write to a directory')
  if (found?.isCharacterDevice()) throw new Error('cannot write to a character device file')
  if (found && !found.isFile()) throw new Error('cannot write to what is no file')
  return found ? realpath(path) : path
}

async function writeWhole(
  target: string,
  source: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<void> {
  const temporary = `${target}.${randomBytes(6).toString('hex')}.tmp`
  try {
    const file = createWriteStream(temporary, { flags: 'wx', mode: 0o600, flush: true })
    await pipeline(source, file, { signal })
    await rename(temporary, target)
  } catch (error) {
    await rm(temporary, { force: true })
    throw signal.aborted ? signal.reason : error
  }
}
