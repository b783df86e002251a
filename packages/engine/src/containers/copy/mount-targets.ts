import type { HostConfig } from '@berth/api'
import { systemCode } from '@berth/stdx'
import { openFlags, type Kernel } from '@berth/syscalls'
import { closeSync } from 'node:fs'
import { containerMounts } from '../container-mounts.ts'
import type { ContainerRoot } from './container-root.ts'
import { inRoot, pathInRoot } from './root-path.ts'

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
      const path = placeOf(kernel, root.fd, target)
      return path === undefined ? [] : [{ path, isReadOnly }]
    })
}

/** True for the target itself, too. */
export const isBelowMount = (path: string, target: string): boolean =>
  path === target || path.startsWith(`${target}/`)

function placeOf(kernel: Pick<Kernel, 'openat2'>, rootFd: number, target: string): string | undefined {
  let fd: number
  try {
    fd = kernel.openat2(rootFd, target, { flags: openFlags.path, resolve: inRoot })
  } catch (error) {
    if (systemCode(error) !== undefined) return undefined
    throw error
  }
  try {
    return pathInRoot(rootFd, fd)
  } finally {
    closeSync(fd)
  }
}
