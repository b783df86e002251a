import { closeSync } from 'node:fs'
import { atFdCwd, openFlags } from './file.ts'
import { bind, bindAsync, systemCallNumbers } from './library.ts'

/** Flags of mount(2). */
export const mountFlags = {
  readOnly: 0x1,
  noSuid: 0x2,
  noDev: 0x4,
  noExec: 0x8,
  remount: 0x20,
  bind: 0x1000,
  recursive: 0x4000,
  private: 0x40000,
  slave: 0x80000,
  shared: 0x100000,
} as const

/** Flags of umount2(2). */
export const unmountFlags = { force: 1, detach: 2, expire: 4, noFollow: 8 } as const

export interface MountRequest {
  source: string
  target: string
  type?: string
  flags?: number
  /** Comma-separated options, at most one page with its NUL. */
  data?: string
}

const cMount = bind(
  'mount',
  'int mount(const char *source, const char *target, const char *type, unsigned long flags, const char *data)',
)
const cUmount2 = bind('umount2', 'int umount2(const char *target, int flags)')
const cUmount2Async = bindAsync('umount2', 'int umount2(const char *target, int flags)')
const syscallFsopen = bind('fsopen', 'long syscall(long number, const char *type, long flags)')
const syscallFsconfig = bind(
  'fsconfig',
  'long syscall(long number, long fd, long command, const char *key, const char *value, long extra)',
)
const syscallFsmount = bind('fsmount', 'long syscall(long number, long fd, long flags, long attributes)')
const syscallMoveMount = bind(
  'move_mount',
  'long syscall(long number, long fromFd, const char *fromPath, long toFd, const char *toPath, long flags)',
)
const syscallOpenTree = bind(
  'open_tree',
  'long syscall(long number, long dirFd, const char *path, long flags)',
)
const cUnshare = bind('unshare', 'int unshare(int flags)')
const cSetns = bind('setns', 'int setns(int fd, int type)')

export function mount({ source, target, type, flags, data }: MountRequest): void {
  cMount(`${type ?? 'bind'} ${source} on ${target}`, source, target, type ?? null, flags ?? 0, data ?? null)
}

export function unmount(target: string, flags = 0): void {
  cUmount2(target, target, flags)
}

/**
 * As `unmount`, on another thread: the end of a file system with unwritten data waits for the disk, that of an overlay
 * for all unwritten data of the file system below. A failure tells no errno.
 */
export async function unmountInBackground(target: string, flags = 0): Promise<void> {
  await cUmount2Async(target, target, flags)
}

const fsconfigSetFlag = 0
const fsconfigSetString = 1
const fsconfigCreate = 6
const moveMountFromEmptyPath = 4
const moveMountToEmptyPath = 0x40
const cloexec = 1

/**
 * Mounts by the file-system context calls (fsopen, fsconfig, fsmount, move_mount; Linux 5.2), which have no one-page
 * limit. `options` are set in order; a value of `true` sets a flag.
 */
export function mountByContext(
  type: string,
  target: string,
  options: readonly [string, string | true][],
): void {
  const context = syscallFsopen(type, systemCallNumbers.fsopen, type, cloexec)
  try {
    for (const [key, value] of options) {
      const command = value === true ? fsconfigSetFlag : fsconfigSetString
      syscallFsconfig(
        `${type} ${key}=${value}`,
        systemCallNumbers.fsconfig,
        context,
        command,
        key,
        value === true ? null : value,
        0,
      )
    }
    syscallFsconfig(`${type} create`, systemCallNumbers.fsconfig, context, fsconfigCreate, null, null, 0)
    const mounted = syscallFsmount(type, systemCallNumbers.fsmount, context, cloexec, 0)
    try {
      syscallMoveMount(
        target,
        systemCallNumbers.move_mount,
        mounted,
        '',
        atFdCwd,
        target,
        moveMountFromEmptyPath,
      )
    } finally {
      closeSync(mounted)
    }
  } finally {
    closeSync(context)
  }
}

const openTreeClone = 1
const openTreeRecursive = 0x8000

/** A bind mount of `source` that is nowhere yet, as a descriptor that stays its own whatever becomes of paths (Linux 5.2). The caller closes it. */
export function cloneMount(source: string, { isRecursive }: { isRecursive: boolean }): number {
  const flags = openTreeClone | openFlags.cloexec | (isRecursive ? openTreeRecursive : 0)
  return syscallOpenTree(source, systemCallNumbers.open_tree, atFdCwd, source, flags)
}

/** Puts a mount that `cloneMount` gave on what another descriptor has open. */
export function attachMount(mountFd: number, placeFd: number): void {
  const flags = moveMountFromEmptyPath | moveMountToEmptyPath
  syscallMoveMount('', systemCallNumbers.move_mount, mountFd, '', placeFd, '', flags)
}

/** Flags of unshare(2) and setns(2). */
export const namespaceFlags = { mount: 0x20000, network: 0x40000000, uts: 0x4000000, ipc: 0x8000000 } as const

/** Moves the calling thread into new namespaces. */
export function unshare(flags: number): void {
  cUnshare(String(flags), flags)
}

/** Moves the calling thread into the namespace behind `fd`. */
export function setNamespace(fd: number, type: number): void {
  cSetns('', fd, type)
}
