import type { HostConfig } from '@berth/api'
import type { Kernel } from '@berth/syscalls'
import { containerMounts } from '../config/container-mounts.ts'
import type { ContainerRoot } from './container-root.ts'
import { findInRoot, pathInRoot } from './root-path.ts'

export interface MountTarget {
  /** Where it is, without links. */
  path: string
  isReadOnly: boolean
}

/** The mounts that were asked for and are there: of a container that does not run, those that lead to the host. */
export function mountTargets(
  kernel: Pick<Kernel, 'openat2'>,
  root: ContainerRoot,
  hostConfig: HostConfig,
): MountTarget[] {
  return containerMounts(hostConfig)
    .filter(({ type }) => root.isRunning || type === 'bind')
    .flatMap(({ target, isReadOnly }) => {
      using place = findInRoot(kernel, root.fd, target)
      return place ? [{ path: pathInRoot(root.fd, place.fd), isReadOnly }] : []
    })
}

/** True for the target itself, too. */
export const isBelowMount = (path: string, target: string): boolean =>
  path === target || path.startsWith(`${target}/`)
