import { readFileSync } from 'node:fs'

interface MemoryHierarchy {
  mountPoint: string
  /** The file with a line `oom_kill <count>`. */
  fileName: string
}

/** Where memory is accounted: the v1 memory controller when it is mounted, else the v2 hierarchy. */
export function findMemoryHierarchy(mountInfo: string): MemoryHierarchy | undefined {
  let unified: MemoryHierarchy | undefined
  for (const line of mountInfo.split('\n')) {
    const [mount = '', fileSystem = ''] = line.split(' - ')
    const mountPoint = mount.split(' ')[4] ?? ''
    const [type, , options = ''] = fileSystem.split(' ')
    if (type === 'cgroup' && options.split(',').includes('memory')) {
      return { mountPoint, fileName: 'memory.oom_control' }
    }
    if (type === 'cgroup2') unified ??= { mountPoint, fileName: 'memory.events' }
  }
  return unified
}

/** How many processes of a cgroup the kernel has killed for want of memory. */
export class OomKills {
  readonly #hierarchy = findMemoryHierarchy(readFileSync('/proc/self/mountinfo', 'utf8'))

  count(cgroupsPath: string): number {
    if (this.#hierarchy === undefined) return 0
    const { mountPoint, fileName } = this.#hierarchy
    try {
      const content = readFileSync(`${mountPoint}/${cgroupsPath}/${fileName}`, 'latin1')
      return Number(/^oom_kill (\d+)$/m.exec(content)?.[1] ?? 0)
    } catch (error) {
      // Without a memory limit some runtimes make no such cgroup.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0
      throw error
    }
  }
}
