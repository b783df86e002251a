import { isAbsolute, join } from 'node:path'
import { canExecute, type HostFiles, openHostFiles } from './host-files.ts'

/** Where system programs lie although the PATH of an unprivileged user seldom says so. */
const systemFolders = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/local/bin', '/usr/bin', '/bin']

export interface FindProgramOptions {
  /** A PATH, colon-separated; the system's own folders are looked through after it. */
  searchPath: string
  files?: HostFiles
}

/** The absolute path of the first executable called `name`, or undefined. An absolute `name` stands for itself. */
export async function findProgram(name: string, options: FindProgramOptions): Promise<string | undefined> {
  const { searchPath, files = openHostFiles('/') } = options
  for (const path of candidates(name, searchPath)) {
    if ((await files.find(path)) === 'file' && (await files.isAccessible(path, canExecute))) return path
  }
  return undefined
}

function candidates(name: string, searchPath: string): string[] {
  if (isAbsolute(name)) return [name]
  const folders = [...searchPath.split(':').filter(isAbsolute), ...systemFolders]
  return [...new Set(folders)].map((folder) => join(folder, name))
}
