import { readFile, rm, writeFile } from 'node:fs/promises'
import { CodedError, systemCode } from '@berth/stdx'

let own: string | undefined

/**
 * Takes the lock that the file at `path` is, held by one process at a time; a process that has ended holds nothing.
 * Disposing lets it go. Throws `conflict` while another holder is there.
 */
export async function lockFile(path: string): Promise<AsyncDisposable> {
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      await writeFile(path, (own ??= await identify(process.pid)), { flag: 'wx', mode: 0o600 })
      return { [Symbol.asyncDispose]: () => rm(path, { force: true }) }
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw error
    }
    if (await isHeld(path)) break
    await rm(path, { force: true })
  }
  throw new CodedError('conflict', 'Cannot write to upload: somebody else does')
}

async function isHeld(path: string): Promise<boolean> {
  try {
    const holder = await readFile(path, 'utf8')
    // Written in two steps: who has made it may be about to say who it is.
    return holder === '' || holder === (await identify(Number.parseInt(holder, 10)))
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ESRCH') return false
    throw error
  }
}

/** A process by its number and the time of its start, since numbers are used again: proc(5), `/proc/pid/stat`. */
async function identify(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return state === 'Z' || state === 'X' ? 'ended' : `${pid} ${fields[18]}`
}
