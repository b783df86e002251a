import { bind, bindAsync, systemCallNumbers } from './library.ts'

/** Flags of openat2's `resolve` (openat2(2)): how a path from outside may be walked. */
export const resolveFlags = {
  noXdev: 0x01,
  noMagiclinks: 0x02,
  noSymlinks: 0x04,
  beneath: 0x08,
  inRoot: 0x10,
} as const

/** Open flags that Node's `fs.constants` lacks or names differently (asm-generic/fcntl.h, the same on x86-64 and arm64 but O_DIRECTORY and O_NOFOLLOW, which `fs.constants` has). */
export const openFlags = { path: 0o10000000, cloexec: 0o2000000 } as const

/** `dirFd` that means the working directory. */
export const atFdCwd = -100
/** Flags of the calls that take a directory descriptor (linux/fcntl.h). */
export const atFlags = { symlinkNofollow: 0x100, removeDir: 0x200, emptyPath: 0x1000 } as const
/** Flags of renameat2(2). */
export const renameFlags = { noReplace: 1, exchange: 2 } as const

export interface OpenHow {
  flags: number
  mode?: number
  resolve: number
}

/** Seconds and nanoseconds since the epoch; seconds may be negative. */
export interface FileTime {
  seconds: bigint
  nanoseconds: number
}

const syscallOpenat2 = bind(
  'openat2',
  'long syscall(long number, long dirFd, const char *path, const uint8_t *how, size_t size)',
)
const syscallFchmodat2 = bind(
  'fchmodat2',
  'long syscall(long number, long dirFd, const char *path, long mode, long flags)',
)
const cMkdirat = bind('mkdirat', 'int mkdirat(int dirFd, const char *path, unsigned int mode)')
const cMknodat = bind(
  'mknodat',
  'int mknodat(int dirFd, const char *path, unsigned int mode, uint64_t device)',
)
const cSymlinkat = bind('symlinkat', 'int symlinkat(const char *target, int dirFd, const char *path)')
const cLinkat = bind(
  'linkat',
  'int linkat(int oldDirFd, const char *oldPath, int newDirFd, const char *newPath, int flags)',
)
const cUnlinkat = bind('unlinkat', 'int unlinkat(int dirFd, const char *path, int flags)')
const cRenameat2 = bind(
  'renameat2',
  'int renameat2(int oldDirFd, const char *oldPath, int newDirFd, const char *newPath, unsigned int flags)',
)
const cFchownat = bind(
  'fchownat',
  'int fchownat(int dirFd, const char *path, unsigned int uid, unsigned int gid, int flags)',
)
const cUtimensat = bind(
  'utimensat',
  'int utimensat(int dirFd, const char *path, const uint8_t *times, int flags)',
)
const cFsetxattr = bind(
  'fsetxattr',
  'int fsetxattr(int fd, const char *name, const uint8_t *value, size_t size, int flags)',
)
const cLsetxattr = bind(
  'lsetxattr',
  'int lsetxattr(const char *path, const char *name, const uint8_t *value, size_t size, int flags)',
)
const cLgetxattr = bind(
  'lgetxattr',
  'long lgetxattr(const char *path, const char *name, uint8_t *value, size_t size)',
)
const cLlistxattr = bind('llistxattr', 'long llistxattr(const char *path, uint8_t *list, size_t size)')
const cMkfifo = bind('mkfifo', 'int mkfifo(const char *path, unsigned int mode)')
const cFlock = bind('flock', 'int flock(int fd, int operation)')
const cSyncfs = bindAsync('syncfs', 'int syncfs(int fd)')

/** File names are bytes: text goes as UTF-8, a Uint8Array as it is (without NUL; one is put behind it). */
export type FileName = string | Uint8Array

const c = (name: FileName): string | Uint8Array =>
  typeof name === 'string' ? name : Buffer.concat([name, Buffer.alloc(1)])
const show = (name: FileName): string => (typeof name === 'string' ? name : Buffer.from(name).toString())

/** openat2(2). Returns a descriptor, always close-on-exec; the caller closes it. */
export function openat2(dirFd: number, path: FileName, how: OpenHow): number {
  const structure = Buffer.alloc(24)
  structure.writeBigUInt64LE(BigInt(how.flags | openFlags.cloexec), 0)
  structure.writeBigUInt64LE(BigInt(how.mode ?? 0), 8)
  structure.writeBigUInt64LE(BigInt(how.resolve), 16)
  return syscallOpenat2(show(path), systemCallNumbers.openat2, dirFd, c(path), structure, structure.length)
}

export function mkdirat(dirFd: number, path: FileName, mode: number): void {
  cMkdirat(show(path), dirFd, c(path), mode)
}

export interface NodeOptions {
  /** File type and permission bits. */
  mode: number
  major: number
  minor: number
}

export function mknodat(dirFd: number, path: FileName, { mode, major, minor }: NodeOptions): void {
  cMknodat(show(path), dirFd, c(path), mode, deviceNumber(major, minor))
}

/** `dev_t` of the C library: 12 bits of major, 20 of minor, spread as in makedev(3). */
export function deviceNumber(major: number, minor: number): bigint {
  const wide = { major: BigInt(major), minor: BigInt(minor) }
  return (
    ((wide.major & 0xfffff000n) << 32n) |
    ((wide.major & 0xfffn) << 8n) |
    ((wide.minor & 0xffffff00n) << 12n) |
    (wide.minor & 0xffn)
  )
}

export function symlinkat(target: FileName, dirFd: number, path: FileName): void {
  cSymlinkat(show(path), c(target), dirFd, c(path))
}

export interface AtPath {
  dirFd: number
  path: FileName
}

export function linkat(from: AtPath, to: AtPath, flags = 0): void {
  cLinkat(`${show(from.path)} -> ${show(to.path)}`, from.dirFd, c(from.path), to.dirFd, c(to.path), flags)
}

export function unlinkat(dirFd: number, path: FileName, flags = 0): void {
  cUnlinkat(show(path), dirFd, c(path), flags)
}

export function renameat2(from: AtPath, to: AtPath, flags = 0): void {
  cRenameat2(`${show(from.path)} -> ${show(to.path)}`, from.dirFd, c(from.path), to.dirFd, c(to.path), flags)
}

/** Changes the owner without following a final link; an empty path with `dirFd` means the descriptor itself. */
export function chownat(dirFd: number, path: FileName, owner: { uid: number; gid: number }): void {
  cFchownat(show(path), dirFd, c(path), owner.uid, owner.gid, atFlags.symlinkNofollow | atFlags.emptyPath)
}

/** fchmodat2(2), Linux 6.6; an empty path means the descriptor, which may be O_PATH. */
export function chmodat(dirFd: number, path: FileName, mode: number): void {
  syscallFchmodat2(
    show(path),
    systemCallNumbers.fchmodat2,
    dirFd,
    c(path),
    mode,
    atFlags.symlinkNofollow | atFlags.emptyPath,
  )
}

/** Sets access and modification time without following a final link. */
export function utimesat(
  dirFd: number,
  path: FileName,
  times: { accessed: FileTime; modified: FileTime },
): void {
  const structure = Buffer.alloc(32)
  structure.writeBigInt64LE(times.accessed.seconds, 0)
  structure.writeBigInt64LE(BigInt(times.accessed.nanoseconds), 8)
  structure.writeBigInt64LE(times.modified.seconds, 16)
  structure.writeBigInt64LE(BigInt(times.modified.nanoseconds), 24)
  cUtimensat(show(path), dirFd, c(path), structure, atFlags.symlinkNofollow)
}

export function setXattrOfDescriptor(fd: number, name: string, value: Uint8Array): void {
  cFsetxattr(name, fd, name, value, value.length, 0)
}

/** Sets an attribute on `path` itself, not on what it links to. A descriptor's own link is not followed: name the file below its directory's, `/proc/self/fd/<directory>/<name>`. */
export function setXattr(path: FileName, name: string, value: Uint8Array): void {
  cLsetxattr(`${show(path)} ${name}`, c(path), name, value, value.length, 0)
}

/** The most that the kernel has for a list of names and for a value (xattr(7)); one buffer serves all calls, which do not overlap. */
const xattrScratch = Buffer.alloc(65536)

/** The value of an attribute, or undefined when the file has none of that name. */
export function getXattr(path: FileName, name: string): Uint8Array | undefined {
  try {
    const size = cLgetxattr(`${show(path)} ${name}`, c(path), name, xattrScratch, xattrScratch.length)
    return Buffer.from(xattrScratch.subarray(0, size))
  } catch (error) {
    if ((error as { code?: string }).code === 'ENODATA') return undefined
    throw error
  }
}

export function listXattrs(path: FileName): string[] {
  const size = cLlistxattr(show(path), c(path), xattrScratch, xattrScratch.length)
  if (size === 0) return []
  return xattrScratch
    .subarray(0, size)
    .toString('latin1')
    .split('\0')
    .filter((name) => name !== '')
}

export function makeFifo(path: string, mode: number): void {
  cMkfifo(path, path, mode)
}

const lockExclusive = 2
const lockNonblocking = 4

/** Takes the exclusive lock of an open file, or throws EWOULDBLOCK (`EAGAIN`). It lasts until the descriptor closes. */
export function lockFile(fd: number): void {
  cFlock('', fd, lockExclusive | lockNonblocking)
}

/** Makes everything on the file system that holds `fd` durable. */
export async function syncFileSystem(fd: number): Promise<void> {
  await cSyncfs('file system', fd)
}
