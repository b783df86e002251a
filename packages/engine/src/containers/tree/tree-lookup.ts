import { closeSync, constants, fstatSync, readdirSync, type BigIntStats } from 'node:fs'
import { systemCode } from '@berth/stdx'
import { openFlags, resolveFlags, type Kernel } from '@berth/syscalls'

/** Why a name is not there: nothing of that name, or something on the way that is no directory. */
const absences = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG'])

/** A tree of somebody else's making, looked up by byte strings. No link leads out of it, since none is followed. */
export class TreeLookup {
  readonly #kernel: Pick<Kernel, 'openat2'>
  readonly #rootFd: number

  constructor(kernel: Pick<Kernel, 'openat2'>, rootFd: number) {
    this.#kernel = kernel
    this.#rootFd = rootFd
  }

  find(path: string): BigIntStats | undefined {
    return this.#withOpen(path, openFlags.path | constants.O_NOFOLLOW, (fd) =>
      fstatSync(fd, { bigint: true }),
    )
  }

  /** Names in a directory; none when it is no directory. */
  names(path: string): string[] {
    const read = (fd: number) =>
      readdirSync(`/proc/self/fd/${fd}`, { encoding: 'buffer' }).map((name) => name.toString('latin1'))
    return this.#withOpen(path, constants.O_DIRECTORY, read) ?? []
  }

  #withOpen<T>(path: string, flags: number, use: (fd: number) => T): T | undefined {
    try {
      const fd = this.#kernel.openat2(this.#rootFd, Buffer.from(path || '.', 'latin1'), {
        flags,
        resolve: resolveFlags.beneath | resolveFlags.noSymlinks,
      })
      try {
        return use(fd)
      } finally {
        closeSync(fd)
      }
    } catch (error) {
      if (absences.has(systemCode(error) ?? '')) return undefined
      throw error
    }
  }
}
