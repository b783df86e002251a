import type { MountPoint } from '@berth/api'
import type { ContainerRecord } from './container-record.ts'
import { containerMounts } from '../config/container-mounts.ts'

/** A container's mounts as Docker shows them. */
export function mountPoints(record: ContainerRecord): MountPoint[] {
  return containerMounts(record.hostConfig).map((mount) => ({
    Type: mount.type,
    Source: mount.source,
    Destination: mount.target,
    Mode: mount.mode,
    RW: !mount.isReadOnly,
    Propagation: mount.type === 'bind' ? mount.propagation : '',
  }))
}
