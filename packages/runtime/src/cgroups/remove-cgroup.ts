import { systemCode } from '@berth/stdx'
import { readFile, rmdir } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Removes a control group from every hierarchy where it is empty; one that still holds processes or groups stays. `path`
 * is absolute below the roots of the hierarchies, as in a runtime spec.
 */
export async function removeCgroup(path: string): Promise<void> {
  for (const root of cgroupMounts(await readFile('/proc/self/mountinfo', 'utf8'))) {
    try {
      await rmdir(join(root, path))
    } catch (error) {
      if (!['ENOENT', 'EBUSY', 'ENOTEMPTY'].includes(systemCode(error) ?? '')) throw error
    }
  }
}

/** Where control groups of either version are mounted: proc(5), mountinfo. */
export function cgroupMounts(mountinfo: string): string[] {
  return mountinfo.split('\n').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ')
    const type = after.split(' ', 1)[0]
    const mountPoint = before.split(' ')[4]
    return mountPoint !== undefined && (type === 'cgroup' || type === 'cgroup2') ? [mountPoint] : []
  })
}
