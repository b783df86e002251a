import type { HostCheck } from './host-check.ts'
import type { HostFiles } from './host-files.ts'

/** Names of /proc/self/ns, and the words people use for them. */
const required = { mnt: 'mount', pid: 'pid', net: 'net', ipc: 'ipc', uts: 'uts' }
const optional = { user: 'user', cgroup: 'cgroup', time: 'time' }

export async function checkNamespaces(files: HostFiles): Promise<HostCheck> {
  const found = new Set(await files.list('/proc/self/ns'))
  const lacking = (wanted: Record<string, string>) =>
    Object.entries(wanted)
      .filter(([file]) => !found.has(file))
      .map(([, name]) => name)
  const missing = lacking(required)
  if (missing.length > 0) {
    const hint = 'Use a kernel with CONFIG_NAMESPACES and all kinds of them'
    return { name: 'namespaces', status: 'missing', detail: `the kernel has no ${missing.join(', ')}`, hint }
  }
  const absent = lacking(optional)
  const present = [...Object.values(required), ...Object.values(optional)].filter(
    (name) => !absent.includes(name),
  )
  const detail = present.join(', ') + (absent.length > 0 ? `; not ${absent.join(', ')}` : '')
  return { name: 'namespaces', status: 'ok', detail }
}
