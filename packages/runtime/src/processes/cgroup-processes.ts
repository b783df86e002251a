import { systemCode } from '@berth/stdx'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cgroupMounts } from '../cgroups/remove-cgroup.ts'

/** Ids of all processes in a control group and the groups below it, as the host counts them; none for an unknown group. */
export async function cgroupProcesses(path: string): Promise<number[]> {
  for (const root of cgroupMounts(await readFile('/proc/self/mountinfo', 'utf8'))) {
    const found = await processesBelow(join(root, path))
    if (found.length > 0) return found
  }
  return []
}

async function processesBelow(directory: string): Promise<number[]> {
  try {
    const own = (await readFile(join(directory, 'cgroup.procs'), 'utf8')).split('\n')
    const entries = await readdir(directory, { withFileTypes: true })
    const children = entries
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(directory, entry.name))
    const below = await Promise.all(children.map(processesBelow))
    return [...own.filter((line) => line !== '').map(Number), ...below.flat()]
  } catch (error) {
    if (['ENOENT', 'ENODEV'].includes(systemCode(error) ?? '')) return []
    throw error
  }
}
