import { systemCode } from '@berth/stdx'
import { linuxKernel, openFlags, resolveFlags } from '@berth/syscalls'
import { closeSync, constants } from 'node:fs'
import type { ByteString } from '../tar/tar-entry.ts'

/** The directory that an archive is unpacked into. */
export interface MergeTarget {
  /** Its descriptor. */
  fd: number
  /** Its path, for errors and, with `rootFd`, to find it again. */
  path: ByteString
  /**
   * Descriptor of the root that links on the way to a member are followed in, as a process there would; `path` starts
   * there. Without it such a link is an error.
   */
  rootFd?: number
}

const impliedMode = 0o755
const directoryFlags = openFlags.path | constants.O_DIRECTORY

/** Directories below a target, by clean path. The one asked for last stays open: members come sorted by directory. */
export class TargetDirectories implements Disposable {
  readonly #target: MergeTarget
  #last: { path: ByteString; fd: number } | undefined

  constructor(target: MergeTarget) {
    this.#target = target
  }

  /** Good until the next call; makes what is missing on the way, as root's with mode 0755. */
  make(path: ByteString): number {
    return this.#remember(path, (wanted) => this.#openOrMake(wanted))
  }

  /** Good until the next call; throws ENOENT when it is not there. */
  find(path: ByteString): number {
    return this.#remember(path, (wanted) => this.#open(wanted))
  }

  [Symbol.dispose](): void {
    if (this.#last) closeSync(this.#last.fd)
    this.#last = undefined
  }

  #remember(path: ByteString, open: (path: ByteString) => number): number {
    if (this.#last?.path === path) return this.#last.fd
    const fd = open(path)
    this[Symbol.dispose]()
    this.#last = { path, fd }
    return fd
  }

  #openOrMake(path: ByteString): number {
    try {
      return this.#open(path)
    } catch (error) {
      if (systemCode(error) !== 'ENOENT' || path === '') throw error
    }
    const { directory, name } = splitPath(path)
    const parentFd = this.#openOrMake(directory)
    try {
      linuxKernel.mkdirat(parentFd, name, impliedMode)
    } finally {
      closeSync(parentFd)
    }
    return this.#open(path)
  }

  #open(path: ByteString): number {
    const { fd, rootFd } = this.#target
    const name = Buffer.from(path || '.', 'latin1')
    try {
      const resolve = resolveFlags.beneath | resolveFlags.noSymlinks | resolveFlags.noMagiclinks
      return linuxKernel.openat2(fd, name, { flags: directoryFlags, resolve })
    } catch (error) {
      if (systemCode(error) !== 'ELOOP' || rootFd === undefined) throw error
      const whole = Buffer.from(`${this.#target.path}/${path}`, 'latin1')
      const resolve = resolveFlags.inRoot | resolveFlags.noMagiclinks
      return linuxKernel.openat2(rootFd, whole, { flags: directoryFlags, resolve })
    }
  }
}

/** The directory and the last component of a clean path that is not the root. */
export function splitPath(path: ByteString): { directory: ByteString; name: Buffer } {
  const slash = path.lastIndexOf('/')
  return {
    directory: slash === -1 ? '' : path.slice(0, slash),
    name: Buffer.from(path.slice(slash + 1), 'latin1'),
  }
}
