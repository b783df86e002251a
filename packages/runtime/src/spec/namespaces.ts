import type { LinuxSpec } from '@berth/oci'
import type { NamespaceMode, NamespaceOptions } from './spec-options.ts'
import type { SpecTarget } from './spec-target.ts'

type Namespace = LinuxSpec['namespaces'][number]

/** The namespaces that a container has for itself, or joins. */
export function buildNamespaces(options: NamespaceOptions, { platform, features }: SpecTarget): Namespace[] {
  const { network, uts, pid, ipc } = options
  const cgroup = options.cgroup ?? (platform.cgroupVersion === 2 ? 'private' : 'host')
  const asked: [Namespace['type'], NamespaceMode | undefined][] = [
    ['mount', 'private'],
    ['network', network],
    ['uts', uts],
    ['pid', pid],
    ['ipc', ipc],
    ['cgroup', cgroup],
    ['time', features.namespaces.has('time') ? 'private' : 'host'],
  ]
  return asked.flatMap(([type, mode = 'private']) => {
    if (mode === 'host') return []
    return mode === 'private' ? { type } : { type, path: mode.path }
  })
}
