import type { LinuxDevice, LinuxResources } from '@berth/oci'
import { CodedError } from '@berth/stdx'
import { lstatSync, readdirSync, statSync } from 'node:fs'
import type { Stats } from 'node:fs'
import type { DeviceOptions } from './spec-options.ts'

type DeviceRule = LinuxResources['devices'][number]

const character = (major: number, minor: number, allow = true): DeviceRule => ({
  allow,
  type: 'c',
  major,
  minor,
  access: 'rwm',
})

/** null, zero, full, random, urandom, tty and console; no fuse. The runtime adds terminals and making nodes. */
const defaultRules: DeviceRule[] = [
  { allow: false, access: 'rwm' },
  character(1, 5),
  character(1, 3),
  character(1, 9),
  character(1, 8),
  character(5, 0),
  character(5, 1),
  character(10, 229, false),
]

/** Which devices a container may use. */
export function buildDeviceRules(devices: readonly DeviceOptions[], isPrivileged: boolean): DeviceRule[] {
  if (isPrivileged) return [{ allow: true, access: 'rwm' }]
  return [
    ...defaultRules,
    ...devices.map(({ device: { type, major, minor }, access }) => ({
      allow: true,
      type,
      major,
      minor,
      access,
    })),
  ]
}

/** A device of the host, to be made at `pathInContainer`. Throws when `path` is none, with Docker's words. */
export function readDevice(path: string, pathInContainer = path): LinuxDevice {
  const device = toDevice(statSync(path), pathInContainer)
  if (device === undefined) {
    throw new CodedError(
      'invalid-argument',
      `error gathering device information while adding custom device "${path}": not a device node`,
    )
  }
  return device
}

/** Parts of /dev that each container has for itself. */
const ownDirectories = new Set(['pts', 'shm', 'fd', 'mqueue', '.lxc', '.lxd-mounts', '.udev'])

/** Every device of the host, as a privileged container sees them. */
export function listHostDevices(directory = '/dev'): LinuxDevice[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = `${directory}/${entry.name}`
    if (entry.isDirectory()) return ownDirectories.has(entry.name) ? [] : listHostDevices(path)
    if (path === '/dev/console') return []
    return toDevice(lstatSync(path), path) ?? []
  })
}

function toDevice(stats: Stats, path: string): LinuxDevice | undefined {
  const type = stats.isBlockDevice() ? 'b' : stats.isCharacterDevice() ? 'c' : undefined
  if (type === undefined) return undefined
  const { major, minor } = splitDeviceNumber(BigInt(stats.rdev))
  return { path, type, major, minor, fileMode: stats.mode & 0o777, uid: stats.uid, gid: stats.gid }
}

/** The inverse of makedev(3). */
function splitDeviceNumber(device: bigint): { major: number; minor: number } {
  return {
    major: Number(((device >> 8n) & 0xfffn) | ((device >> 32n) & ~0xfffn)),
    minor: Number((device & 0xffn) | ((device >> 12n) & ~0xffn & 0xffffffffn)),
  }
}
