import type { MountSpec } from '@berth/oci'
import type { MountOptions } from './spec-options.ts'

const defaultShmSizeBytes = 64 << 20

export interface MountContext {
  isPrivileged: boolean
  isRootReadonly: boolean
  shmSizeBytes: number | undefined
  /** The runtime knows `rro`: read-only also for mounts below. */
  hasRecursiveReadonly: boolean
}

/** The mounts of a container: what every one has, then what was asked for, outer ones first. */
export function buildMounts(asked: readonly MountOptions[], context: MountContext): MountSpec[] {
  const destinations = new Set(asked.map(({ destination }) => destination))
  const defaults = defaultMounts(context)
    .filter(({ destination }) => !destinations.has(destination))
    .filter(({ destination }) => !destinations.has('/dev') || !destination.startsWith('/dev/'))
  const ordered = asked.toSorted((a, b) => depth(a.destination) - depth(b.destination))
  return [...defaults, ...ordered.map((mount) => toMount(mount, context))]
}

const depth = (path: string): number => path.split('/').filter((part) => part !== '').length

function defaultMounts(context: MountContext): MountSpec[] {
  const { isPrivileged, isRootReadonly, shmSizeBytes = defaultShmSizeBytes } = context
  const sysAccess = isPrivileged && !isRootReadonly ? [] : ['ro']
  const cgroupAccess = isPrivileged ? [] : ['ro']
  const mount = (
    destination: string,
    type: string,
    [source, ...options]: [string, ...string[]],
  ): MountSpec => ({
    destination,
    type,
    source,
    options,
  })
  const closed = ['nosuid', 'noexec', 'nodev']
  return [
    mount('/proc', 'proc', ['proc', ...closed]),
    mount('/dev', 'tmpfs', ['tmpfs', 'nosuid', 'strictatime', 'mode=755', 'size=65536k']),
    mount('/dev/pts', 'devpts', [
      'devpts',
      'nosuid',
      'noexec',
      'newinstance',
      'ptmxmode=0666',
      'mode=0620',
      'gid=5',
    ]),
    mount('/sys', 'sysfs', ['sysfs', ...closed, ...sysAccess]),
    mount('/sys/fs/cgroup', 'cgroup', ['cgroup', ...cgroupAccess, ...closed]),
    mount('/dev/mqueue', 'mqueue', ['mqueue', ...closed]),
    mount('/dev/shm', 'tmpfs', ['shm', ...closed, 'mode=1777', `size=${shmSizeBytes}`]),
  ]
}

function toMount(mount: MountOptions, context: MountContext): MountSpec {
  return mount.type === 'tmpfs' ? toTmpfs(mount) : toBind(mount, context)
}

function toTmpfs({ destination, isReadonly, tmpfsOptions = [] }: MountOptions): MountSpec {
  const options = ['noexec', 'nosuid', 'nodev', 'rprivate', ...tmpfsOptions, ...(isReadonly ? ['ro'] : [])]
  return { destination, type: 'tmpfs', source: 'tmpfs', options: dropOverridden(options) }
}

/** `exec` behind `noexec` undoes it; the runtime gets only the last word. */
function dropOverridden(options: readonly string[]): string[] {
  const opposite = (option: string) => (option.startsWith('no') ? option.slice(2) : `no${option}`)
  return [...new Set(options.filter((option, at) => !options.slice(at + 1).includes(opposite(option))))]
}

function toBind(mount: MountOptions, { hasRecursiveReadonly }: MountContext): MountSpec {
  const { destination, source = '', isReadonly, isNonRecursive, propagation = 'rprivate' } = mount
  const readonly = hasRecursiveReadonly && !isNonRecursive ? 'rro' : 'ro'
  const options = [isNonRecursive ? 'bind' : 'rbind', propagation, ...(isReadonly ? [readonly] : [])]
  return { destination, type: 'bind', source, options }
}

/** How the container's root must be connected to the host's mounts for the propagation that its mounts ask for. */
export function rootfsPropagation(mounts: readonly MountOptions[]): 'shared' | 'rslave' | undefined {
  const asked = mounts.map(({ propagation = '' }) => propagation.replace(/^r/, ''))
  if (asked.includes('shared')) return 'shared'
  return asked.includes('slave') ? 'rslave' : undefined
}
