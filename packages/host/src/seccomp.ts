import type { HostCheck } from './host-check.ts'
import type { HostFiles } from './host-files.ts'

/** Seccomp filters: the kernel has them when it tells a process of its own, proc_pid_status(5). */
export async function checkSeccomp(files: HostFiles): Promise<HostCheck> {
  const status = await files.read('/proc/self/status')
  const actions = await files.read('/proc/sys/kernel/seccomp/actions_avail')
  if (actions !== undefined) return { name: 'seccomp', status: 'ok', detail: `filters (${actions.trim()})` }
  if (status && /^Seccomp:/m.test(status)) return { name: 'seccomp', status: 'ok', detail: 'filters' }
  const hint = 'Containers will run without a system call filter; use a kernel with CONFIG_SECCOMP_FILTER'
  return { name: 'seccomp', status: 'warning', detail: 'the kernel has no seccomp filters', hint }
}
