import { readdir, readFile } from 'node:fs/promises'
import { CodedError, messageOf, systemCode } from '@berth/stdx'

/** The names in a folder; none when it is not there. */
export async function listIfThere(directory: string): Promise<string[]> {
  try {
    return await readdir(directory)
  } catch (error) {
    if (isAbsent(error)) return []
    throw unreadable(directory, error)
  }
}

/** Undefined when the file is not there. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (isAbsent(error)) return undefined
    throw unreadable(path, error)
  }
}

/** A file that something names; throws `failed-precondition` when it cannot be read. */
export async function readNamed(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw unreadable(path, error)
  }
}

const isAbsent = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')

/** Names the file once: Node does at the end of what it says. */
export function unreadable(path: string, error: unknown): CodedError {
  const state = messageOf(error).replace(/, \w+(?: '.*')?$/, '')
  return new CodedError('failed-precondition', `Cannot read ${path}: ${state}`, { cause: error })
}
