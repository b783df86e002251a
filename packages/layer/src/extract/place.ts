import { linuxKernel, openFlags, resolveFlags } from '@berth/syscalls'
import { closeSync, constants } from 'node:fs'

/** A name in a directory that is held open: all that extraction ever hands the kernel. */
export interface Place {
  dirFd: number
  name: Buffer
}

/** Nothing but the named child itself: no link, no `..`, no other mount. */
const childOnly =
  resolveFlags.beneath | resolveFlags.noSymlinks | resolveFlags.noMagiclinks | resolveFlags.noXdev

/** Opens a child; the caller closes it. */
export const openChild = ({ dirFd, name }: Place, flags: number, mode = 0): number =>
  linuxKernel.openat2(dirFd, name, { flags: flags | constants.O_NOFOLLOW, mode, resolve: childOnly })

export const openChildDirectory = (place: Place): number =>
  openChild(place, constants.O_RDONLY | constants.O_DIRECTORY)

/** Opens the directory at `components` below `rootFd`, one by one; the caller closes it. */
export function openDirectoryBelow(rootFd: number, components: readonly Buffer[]): number {
  let dirFd = openChildDirectory({ dirFd: rootFd, name: Buffer.from('.') })
  for (const name of components) {
    const parent = dirFd
    try {
      dirFd = openChildDirectory({ dirFd: parent, name })
    } finally {
      closeSync(parent)
    }
  }
  return dirFd
}

/** A path for calls that take no descriptor; its last component is `name` itself, as no other name resolves it. */
export const pathOf = ({ dirFd, name }: Place): Buffer =>
  Buffer.concat([Buffer.from(`/proc/self/fd/${dirFd}/`), name])

/** Opens a child of any type without touching it, so that `/proc/self/fd/N` names it; the caller closes it. */
export const openChildHandle = (place: Place): number => openChild(place, openFlags.path)

/**
 * Throws EXDEV when something is mounted on a child. In another mount namespace the kernel would not refuse to remove or
 * replace it (rename(2) knows the caller's mounts alone), and take the mount away with it.
 */
export function verifyNotMounted(place: Place): void {
  closeSync(openChildHandle(place))
}
