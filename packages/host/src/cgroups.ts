import type { HostCheck } from './host-check.ts'
import type { HostFiles } from './host-files.ts'

/** `v1`: only version 1 hierarchies; `hybrid`: those and a version 2 tree beside them; `v2`: version 2 alone. */
export type CgroupMode = 'v1' | 'hybrid' | 'v2'

export interface CgroupMount {
  version: 1 | 2
  path: string
  /** Version 1: controllers and flags of the hierarchy. Version 2 has none here. */
  options: string[]
}

export interface CgroupLayout {
  mode: CgroupMode
  /** Sorted names of the controllers that are usable in this mode. */
  controllers: string[]
  /** Controllers that version 2 holds beside version 1; crun refuses to run then. */
  unifiedControllers: string[]
}

/** Without these, limits of memory, processors or processes cannot be set. */
const wantedControllers = ['cpu', 'cpuset', 'memory', 'pids']

/** The cgroup mounts in the text of a mountinfo file, proc_pid_mountinfo(5). */
export function parseCgroupMounts(mountInfo: string): CgroupMount[] {
  return mountInfo.split('\n').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ')
    const [type, , options = ''] = after.split(' ')
    const path = before.split(' ')[4]
    if (!path || (type !== 'cgroup' && type !== 'cgroup2')) return []
    return [{ version: type === 'cgroup' ? 1 : 2, path, options: options.split(',') }]
  })
}

/** How control groups are mounted for this process; undefined when they are not. */
export async function findCgroupLayout(files: HostFiles): Promise<CgroupLayout | undefined> {
  const mounts = parseCgroupMounts((await files.read('/proc/self/mountinfo')) ?? '')
  const unified = mounts.find(({ version }) => version === 2)
  const unifiedControllers = unified ? words(await files.read(`${unified.path}/cgroup.controllers`)) : []
  const known = new Set(words((await files.read('/proc/cgroups'))?.replaceAll(/^(#.*|(\S+).*)$/gm, '$2')))
  const legacy = mounts.flatMap(({ version, options }) =>
    version === 1 ? options.filter((name) => known.has(name)) : [],
  )
  if (legacy.length > 0)
    return { mode: unified ? 'hybrid' : 'v1', controllers: legacy.toSorted(), unifiedControllers }
  return unified && { mode: 'v2', controllers: unifiedControllers.toSorted(), unifiedControllers }
}

export function checkCgroups(layout: CgroupLayout | undefined): HostCheck {
  if (!layout) {
    const hint = 'Mount them: "mount -t cgroup2 none /sys/fs/cgroup", or install an init system that does'
    return { name: 'cgroups', status: 'missing', detail: 'no control groups are mounted', hint }
  }
  const { mode, controllers } = layout
  const detail = `${mode} (${controllers.join(', ')})`
  const absent = wantedControllers.filter((name) => !controllers.includes(name))
  if (absent.length === 0) return { name: 'cgroups', status: 'ok', detail }
  const hint = `Limits of ${absent.join(', ')} will not work; boot with "cgroup_enable=${absent[0]}" or delegate the controllers`
  return { name: 'cgroups', status: 'warning', detail: `${detail}; not ${absent.join(', ')}`, hint }
}

function words(text: string | undefined): string[] {
  return text?.split(/\s+/).filter(Boolean) ?? []
}
