import { readFile, readlink, symlink } from 'node:fs/promises'
import { CodedError, systemCode } from '@berth/stdx'
import { removeFile } from './remove-file.ts'

let own: string | undefined

/**
 * Takes the lock at `path`, held by one process at a time; a process that has ended holds nothing. It is a symbolic link
 * whose target says who holds it: made in one step, with what it says. Disposing lets it go. Throws `conflict` while
 * another holder is there.
 */
export async function lockFile(path: string): Promise<AsyncDisposable> {
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      await symlink((own ??= await identify(process.pid)), path)
      return { [Symbol.asyncDispose]: () => removeFile(path) }
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw error
    }
    const holder = await findHolder(path)
    if (holder === undefined) continue
    if (await isAlive(holder)) break
    await removeLock(path, holder)
  }
  throw new CodedError('conflict', 'Cannot write to upload: somebody else does')
}

/** Removes what an ended process left, one at a time: who comes late would remove the lock of who has just got it. */
async function removeLock(path: string, ended: string): Promise<void> {
  await using _ = await lockFile(`${path}.ended`)
  if ((await findHolder(path)) === ended) await removeFile(path)
}

/** Undefined for no lock. What is no link was made by nobody who could hold it. */
async function findHolder(path: string): Promise<string | undefined> {
  try {
    return await readlink(path)
  } catch (error) {
    if (systemCode(error) === 'EINVAL') return 'nobody'
    if (systemCode(error) === 'ENOENT') return undefined
    throw error
  }
}

async function isAlive(holder: string): Promise<boolean> {
  try {
    return holder === (await identify(Number.parseInt(holder, 10)))
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes(systemCode(error) ?? '')) return false
    throw error
  }
}

/** A process by its number and the time of its start, since numbers are used again: proc(5), `/proc/pid/stat`. */
async function identify(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return state === 'Z' || state === 'X' ? 'ended' : `${pid} ${fields[18]}`
}
