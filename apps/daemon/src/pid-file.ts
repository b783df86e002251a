import { CodedError, systemCode } from '@berth/stdx'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Writes this process's id to `path`; refuses while another engine, alive, stands there. Disposing removes it. */
export async function writePidFile(path: string): Promise<AsyncDisposable> {
  const known = await readPid(path)
  if (known !== undefined && known !== process.pid && (await isEngine(known))) {
    throw new CodedError('conflict', `process with PID ${known} is still running`, {
      hint: `It is named by ${path}.`,
    })
  }
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, String(process.pid), { mode: 0o644 })
  return { [Symbol.asyncDispose]: () => rm(path, { force: true }) }
}

async function readPid(path: string): Promise<number | undefined> {
  const pid = Number((await readIfThere(path))?.trim())
  return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined
}

/** The kernel gives ids out again: a process of another program is none of ours. */
async function isEngine(pid: number): Promise<boolean> {
  return (await readIfThere(`/proc/${pid}/cmdline`))?.includes('berthd') ?? false
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ESRCH') return undefined
    throw error
  }
}
