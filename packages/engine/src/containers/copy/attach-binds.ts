import type { HostConfig } from '@berth/api'
import { systemCode } from '@berth/stdx'
import { mountFlags, unmountFlags, type Kernel } from '@berth/syscalls'
import { closeSync, constants, statSync } from 'node:fs'
import { posix } from 'node:path'
import { containerMounts, type ContainerMount } from '../config/container-mounts.ts'
import { findInRoot, openInRoot, type Handle } from './root-path.ts'

/**
 * Mounts the folders and files of the host that a container has below its root, until disposed. Mount points are opened
 * inside the root and mounted on by their descriptors: no link that lies there leads a mount elsewhere.
 */
export function attachBinds(kernel: Kernel, rootFd: number, hostConfig: HostConfig): Disposable {
  using stack = new DisposableStack()
  const binds = containerMounts(hostConfig).filter(({ type }) => type === 'bind')
  // What lies in another one comes after it.
  for (const bind of binds.sort((a, b) => a.target.length - b.target.length))
    stack.use(attachBind(kernel, rootFd, bind))
  return stack.move()
}

function attachBind(kernel: Kernel, rootFd: number, bind: ContainerMount): Disposable {
  using stack = new DisposableStack()
  const { source, isRecursive, isReadOnly } = bind
  // What is mounted below would not be read-only with it.
  const fd = kernel.cloneMount(source, { isRecursive: isRecursive && !isReadOnly })
  stack.adopt(fd, closeSync)
  using place = openMountPoint(kernel, rootFd, bind)
  kernel.attachMount(fd, place.fd)
  stack.defer(() => detach(kernel, pathOf(fd)))
  // Else its end would be the end of mounts on the host, too.
  kernel.mount({ source: 'none', target: pathOf(fd), flags: mountFlags.private | mountFlags.recursive })
  if (isReadOnly) {
    const flags = mountFlags.bind | mountFlags.remount | mountFlags.readOnly
    kernel.mount({ source: 'none', target: pathOf(fd), flags })
  }
  return stack.move()
}

function detach(kernel: Kernel, path: string): void {
  try {
    kernel.unmount(path, unmountFlags.detach)
  } catch (error) {
    // Who removed its mount point, in another mount namespace, took it away.
    if (systemCode(error) !== 'EINVAL') throw error
  }
}

/** Makes it when it is not there, as a start would. */
function openMountPoint(kernel: Kernel, rootFd: number, { source, target }: ContainerMount): Handle {
  const found = findInRoot(kernel, rootFd, target)
  if (found) return found
  if (statSync(source).isDirectory()) return openOrMakeDirectory(kernel, rootFd, target)
  using parent = openOrMakeDirectory(kernel, rootFd, posix.dirname(target))
  kernel.mknodat(parent.fd, posix.basename(target), { mode: constants.S_IFREG | 0o644, major: 0, minor: 0 })
  return openInRoot(kernel, rootFd, { path: target })
}

function openOrMakeDirectory(kernel: Kernel, rootFd: number, path: string): Handle {
  const found = findInRoot(kernel, rootFd, path)
  if (found) return found
  using parent = openOrMakeDirectory(kernel, rootFd, posix.dirname(path))
  kernel.mkdirat(parent.fd, posix.basename(path), 0o755)
  return openInRoot(kernel, rootFd, { path, flags: constants.O_DIRECTORY })
}

const pathOf = (fd: number): string => `/proc/self/fd/${fd}`
