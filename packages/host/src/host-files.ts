import { access, constants, readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** What is asked of the file system. Paths are absolute; something that cannot be read is not there. */
export interface HostFiles {
  read(path: string): Promise<string | undefined>
  list(path: string): Promise<string[]>
  find(path: string): Promise<FileKind | undefined>
  /** Whether this process may do all of `mode` (`constants.X_OK`, …) with the file. */
  isAccessible(path: string, mode: number): Promise<boolean>
}

export type FileKind = 'file' | 'socket' | 'other'

/** The files under `root`, which stands for `/`. */
export function openHostFiles(root: string): HostFiles {
  return {
    read: (path) => readFile(join(root, path), 'utf8').catch(() => undefined),
    list: (path) => readdir(join(root, path)).catch(() => []),
    find: (path) => stat(join(root, path)).then(kindOf, () => undefined),
    isAccessible: (path, mode) =>
      access(join(root, path), mode).then(
        () => true,
        () => false,
      ),
  }
}

function kindOf(found: { isFile(): boolean; isSocket(): boolean }): FileKind {
  if (found.isFile()) return 'file'
  return found.isSocket() ? 'socket' : 'other'
}

/** Mode for `isAccessible`. */
export const canExecute = constants.X_OK
export const canConnect = constants.R_OK | constants.W_OK
