import type { HostConfig } from '@berth/api'
import { systemCode } from '@berth/stdx'
import { mountFlags, openFlags, unmountFlags, type Kernel } from '@berth/syscalls'
import { closeSync, constants, statSync } from 'node:fs'
import { posix } from 'node:path'
import { containerMounts, type ContainerMount } from '../container-mounts.ts'
import { inRoot } from './root-path.ts'

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
  const { source, target, isRecursive, isReadOnly } = bind
  const place = stack.adopt(openMountPoint(kernel, rootFd, bind), closeSync)
  // What is mounted below would not be read-only with it.
  const depth = isRecursive && !isReadOnly ? mountFlags.recursive : 0
  kernel.mount({ source, target: pathOf(place), flags: mountFlags.bind | depth })
  const fd = kernel.openat2(rootFd, target, { flags: openFlags.path, resolve: inRoot })
  stack.defer(() => {
    kernel.unmount(pathOf(fd), unmountFlags.detach)
    closeSync(fd)
  })
  // Else its end would be the end of mounts on the host, too.
  kernel.mount({ source: 'none', target: pathOf(fd), flags: mountFlags.private | mountFlags.recursive })
  if (isReadOnly) {
    const flags = mountFlags.bind | mountFlags.remount | mountFlags.readOnly
    kernel.mount({ source: 'none', target: pathOf(fd), flags })
  }
  return stack.move()
}

/** Makes it when it is not there, as a start would. */
function openMountPoint(kernel: Kernel, rootFd: number, { source, target }: ContainerMount): number {
  const flags = openFlags.path
  try {
    return kernel.openat2(rootFd, target, { flags, resolve: inRoot })
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error
  }
  if (statSync(source).isDirectory()) return openOrMakeDirectory(kernel, rootFd, target)
  const parent = openOrMakeDirectory(kernel, rootFd, posix.dirname(target))
  try {
    const name = posix.basename(target)
    kernel.mknodat(parent, name, { mode: constants.S_IFREG | 0o644, major: 0, minor: 0 })
  } finally {
    closeSync(parent)
  }
  return kernel.openat2(rootFd, target, { flags, resolve: inRoot })
}

function openOrMakeDirectory(kernel: Kernel, rootFd: number, path: string): number {
  const how = { flags: openFlags.path | constants.O_DIRECTORY, resolve: inRoot }
  try {
    return kernel.openat2(rootFd, path, how)
  } catch (error) {
    if (systemCode(error) !== 'ENOENT' || path === '/') throw error
  }
  const parent = openOrMakeDirectory(kernel, rootFd, posix.dirname(path))
  try {
    kernel.mkdirat(parent, posix.basename(path), 0o755)
  } finally {
    closeSync(parent)
  }
  return kernel.openat2(rootFd, path, how)
}

const pathOf = (fd: number): string => `/proc/self/fd/${fd}`
