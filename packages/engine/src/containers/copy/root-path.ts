import { resolveFlags, openFlags, type Kernel } from '@berth/syscalls'
import { systemCode } from '@berth/stdx'
import { closeSync, readlinkSync } from 'node:fs'
import { posix } from 'node:path'

/** How a path of a container is walked: links as its processes would follow them, never out of its root. */
const inRoot = resolveFlags.inRoot | resolveFlags.noMagiclinks

/**
 * A path as it is asked for, from the root: `..` is taken by text alone, as Docker does. A slash or a dot at the end
 * stays, since it says that a link before it is to be followed.
 */
export function cleanContainerPath(path: string): string {
  const clean = posix.resolve('/', path)
  const base = path.slice(path.lastIndexOf('/') + 1)
  if (base === '.') return clean === '/' ? '/.' : `${clean}/.`
  return base === '' && clean !== '/' ? `${clean}/` : clean
}

/** The path, without links, of what `fd` has open below the root. */
export function pathInRoot(rootFd: number, fd: number): string {
  const root = readlinkSync(`/proc/self/fd/${rootFd}`)
  const path = readlinkSync(`/proc/self/fd/${fd}`)
  return path.slice(root === '/' ? 0 : root.length) || '/'
}

/** Something of a container that is open until it is disposed. */
export interface Handle extends Disposable {
  readonly fd: number
}

/** Opens a path in a root, O_PATH. */
export function openInRoot(
  kernel: Pick<Kernel, 'openat2'>,
  rootFd: number,
  { path, flags = 0 }: { path: string; flags?: number },
): Handle {
  const fd = kernel.openat2(rootFd, path, { flags: openFlags.path | flags, resolve: inRoot })
  return { fd, [Symbol.dispose]: () => closeSync(fd) }
}

/** What the kernel says of a path that is not there. */
const absences = new Set(['ENOENT', 'ENOTDIR', 'ELOOP'])

/** As `openInRoot`; undefined when it is not there. */
export function findInRoot(
  kernel: Pick<Kernel, 'openat2'>,
  rootFd: number,
  path: string,
): Handle | undefined {
  try {
    return openInRoot(kernel, rootFd, { path })
  } catch (error) {
    if (absences.has(systemCode(error) ?? '')) return undefined
    throw error
  }
}

/** As many as Linux follows in one path (path_resolution(7)). */
const linksMax = 40

/** Where a link leads in the end, as far as it can be followed when something on the way is not there. */
export function linkTarget(kernel: Pick<Kernel, 'openat2'>, rootFd: number, path: string): string {
  let place = path
  for (let links = 0; links < linksMax; links++) {
    using found = findInRoot(kernel, rootFd, place)
    if (found) return pathInRoot(rootFd, found.fd)
    using parent = findInRoot(kernel, rootFd, posix.dirname(place))
    if (!parent) return place
    const [directory, name] = [pathInRoot(rootFd, parent.fd), posix.basename(place)]
    const target = readLink(parent.fd, name)
    if (target === undefined) return posix.join(directory, name)
    place = posix.resolve(directory, target)
  }
  return place
}

function readLink(directoryFd: number, name: string): string | undefined {
  try {
    return readlinkSync(`/proc/self/fd/${directoryFd}/${name}`)
  } catch (error) {
    if (['EINVAL', 'ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return undefined
    throw error
  }
}
