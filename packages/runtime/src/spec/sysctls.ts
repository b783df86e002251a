import { CodedError } from '@berth/stdx'
import type { SpecOptions } from './spec-options.ts'

const ipcSysctls = new Set(
  ['msgmax', 'msgmnb', 'msgmni', 'sem', 'shmall', 'shmmax', 'shmmni', 'shm_rmid_forced'].map(
    (name) => `kernel.${name}`,
  ),
)

/** Names and values go into files below /proc/sys: no path, no further line. */
const namePattern = /^[a-zA-Z0-9_./-]+$/
const valuePattern = /^[^\p{Cc}]*$/u

/**
 * The kernel settings of a container. Programs without privileges may listen on any port and send pings, where the
 * network is the container's own. Throws `invalid-argument` for settings that would be the host's.
 */
export function buildSysctls({
  sysctls = {},
  namespaces = {},
  domainname,
}: SpecOptions): Record<string, string> {
  for (const [name, value] of Object.entries(sysctls)) check(name, value, namespaces)
  const { network = 'private', isNetworkShared = false } = namespaces
  const ownNetwork = {
    'net.ipv4.ip_unprivileged_port_start': '0',
    'net.ipv4.ping_group_range': '0 2147483647',
  }
  return {
    ...(network === 'host' || isNetworkShared ? {} : ownNetwork),
    ...(domainname === undefined ? {} : { 'kernel.domainname': domainname }),
    ...sysctls,
  }
}

function check(name: string, value: string, { ipc, network }: NonNullable<SpecOptions['namespaces']>): void {
  if (!namePattern.test(name) || name.includes('..') || !valuePattern.test(value)) throw refused(name)
  const isIpc = ipcSysctls.has(name) || name.startsWith('fs.mqueue.')
  const isNetwork = name.startsWith('net.')
  if (!isIpc && !isNetwork) throw refused(name)
  if (isIpc && ipc === 'host') throw refused(name, 'the IPC namespace is the host’s')
  if (isNetwork && network === 'host') throw refused(name, 'the network namespace is the host’s')
}

function refused(name: string, reason?: string): CodedError {
  const message = `invalid sysctl "${name}": sysctl '${name}' is not allowed`
  return new CodedError('invalid-argument', reason === undefined ? message : `${message}, as ${reason}`)
}
