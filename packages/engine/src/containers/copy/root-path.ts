import { resolveFlags, openFlags, type Kernel } from '@berth/syscalls'
import { systemCode } from '@berth/stdx'
import { closeSync, readlinkSync } from 'node:fs'
import { posix } from 'node:path'

/** How a path of a container is walked: links as its processes would follow them, never out of its root. */
export const inRoot = resolveFlags.inRoot | resolveFlags.noMagiclinks

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

/** As many as Linux follows in one path (path_resolution(7)). */
const linksMax = 40

/** Where a link leads in the end, as far as it can be followed when something on the way is not there. */
export function linkTarget(kernel: Pick<Kernel, 'openat2'>, rootFd: number, path: string): string {
  let place = path
  for (let links = 0; links < linksMax; links++) {
    using found = find(kernel, rootFd, place)
    if (found) return pathInRoot(rootFd, found.fd)
    using parent = find(kernel, rootFd, posix.dirname(place))
    if (!parent) return place
    const [directory, name] = [pathInRoot(rootFd, parent.fd), posix.basename(place)]
    const target = readLink(parent.fd, name)
    if (target === undefined) return posix.join(directory, name)
    place = posix.resolve(directory, target)
  }
  return place
}

/** Undefined when it is not there. */
function find(
  kernel: Pick<Kernel, 'openat2'>,
  rootFd: number,
  path: string,
): (Disposable & { fd: number }) | undefined {
  try {
    const fd = kernel.openat2(rootFd, path, { flags: openFlags.path, resolve: inRoot })
    return { fd, [Symbol.dispose]: () => closeSync(fd) }
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(systemCode(error) ?? '')) return undefined
    throw error
  }
}

function readLink(directoryFd: number, name: string): string | undefined {
  try {
    return readlinkSync(`/proc/self/fd/${directoryFd}/${name}`)
  } catch (error) {
    if (['EINVAL', 'ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return undefined
    throw error
  }
}
