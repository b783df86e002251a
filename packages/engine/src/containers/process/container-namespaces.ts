import type { NamespaceMode, NamespaceOptions } from '@berth/runtime'
import { CodedError } from '@berth/stdx'
import type { ContainerContext } from '../container-context.ts'
import type { ContainerNetwork } from './container-network.ts'
import { isRunning, type ContainerRecord } from '../record/container-record.ts'
import { getContainer } from '../record/find-container.ts'

/** Which namespaces a container has for itself, which it shares with the host or with another container. */
export function namespaceOptions(
  context: ContainerContext,
  record: ContainerRecord,
  network: ContainerNetwork,
): NamespaceOptions {
  const { NetworkMode, PidMode, IpcMode, UTSMode, CgroupnsMode } = record.hostConfig
  return {
    network: network.sandboxPath === undefined ? 'host' : { path: network.sandboxPath },
    isNetworkShared: NetworkMode.startsWith('container:'),
    pid: modeOf(context, PidMode, 'pid'),
    ipc: modeOf(context, IpcMode, 'ipc'),
    uts: UTSMode === 'host' ? 'host' : 'private',
    ...(CgroupnsMode === '' ? {} : { cgroup: CgroupnsMode }),
  }
}

function modeOf(context: ContainerContext, mode: string, type: 'pid' | 'ipc'): NamespaceMode {
  if (mode === 'host') return 'host'
  if (!mode.startsWith('container:')) return 'private'
  const other = getContainer(context.containers, mode.slice('container:'.length))
  if (!isRunning(other)) {
    throw new CodedError(
      'conflict',
      `cannot join ${type.toUpperCase()} namespace of a non running container: ${other.id}`,
    )
  }
  return { path: `/proc/${other.state.pid}/ns/${type}` }
}
