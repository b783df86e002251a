import { CodedError, messageOf, systemCode, writeFileAtomic } from '@berth/stdx'
import { mkdir, readFile, realpath, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/** A file that an engine reads, as it was found. */
export interface ConfigurationFile {
  path: string
  /** undefined when it is not there. */
  text: string | undefined
}

const newFileMode = 0o644

/** Reads a file that need not be there; throws `failed-precondition`. */
export async function readConfigurationFile(path: string): Promise<ConfigurationFile> {
  try {
    return { path, text: await readFile(path, 'utf8') }
  } catch (error) {
    const code = systemCode(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return { path, text: undefined }
    throw failure('read', path, error)
  }
}

/**
 * Puts another text in place of what is there, undefined to take the file away, in one step. Mode and owner stay, and a link
 * stays one. Throws `failed-precondition`; then nothing is changed.
 */
export async function writeConfigurationFile({ path, text }: ConfigurationFile): Promise<void> {
  try {
    if (text === undefined) return await rm(path, { force: true })
    await mkdir(dirname(path), { recursive: true })
    const target = await realpath(path).catch(() => path)
    await writeFileAtomic(target, text, await like(target))
  } catch (error) {
    throw failure('write', path, error)
  }
}

async function like(path: string) {
  try {
    const { mode, uid, gid } = await stat(path)
    return { mode: mode & 0o7777, owner: { uid, gid } }
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return { mode: newFileMode }
    throw error
  }
}

function failure(verb: string, path: string, error: unknown): CodedError {
  const isDenied = ['EACCES', 'EPERM'].includes(systemCode(error) ?? '')
  const state = isDenied ? 'permission denied' : messageOf(error)
  return new CodedError('failed-precondition', `Cannot ${verb} ${path}: ${state}`, {
    cause: error,
    ...(isDenied ? { hint: 'Try it as root, for example with sudo.' } : {}),
  })
}
