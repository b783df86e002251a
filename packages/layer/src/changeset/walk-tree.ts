import { CodedError, systemCode } from '@berth/stdx'
import { linuxKernel, resolveFlags } from '@berth/syscalls'
import { closeSync, constants, lstatSync, readlinkSync, type BigIntStats } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'
import { layerLimitsDefault } from '../layer-limits.ts'
import { quoted } from '../tar/malformed.ts'
import type { ByteString, TarEntryType } from '../tar/tar-entry.ts'
import { fileBody } from './file-body.ts'
import { readXattrs } from './read-xattrs.ts'
import type { TreeEntry } from './tree-entry.ts'

export interface WalkTreeOptions {
  /** Begins with the root itself, whose name is empty. Default: false. */
  includesRoot?: boolean
  /** Only these of the root's names. */
  names?: readonly Buffer[]
  /**
   * Whether to go on in the directory at `path`, on which something else is mounted; one that is not entered is told as if
   * it were empty. Files that are mounted are then read, too. Without it what is mounted is passed over.
   */
  entersMount?: (path: ByteString) => boolean
}

/**
 * Everything below a directory, parents before their children, names sorted by bytes, so that the same tree always reads
 * the same. Of several names of one inode the later ones are links to the first. Sockets are passed over, and so is what
 * disappears meanwhile. Each step is one name in a directory that is held open and follows no link, so that whoever
 * changes the tree cannot lead the walk out of it. The caller keeps `rootFd` open until the walk has ended.
 */
export async function* walkTree(
  rootFd: number,
  { includesRoot = false, names, entersMount }: WalkTreeOptions = {},
): AsyncGenerator<TreeEntry> {
  if (includesRoot) yield rootEntry(rootFd)
  const walk: Walk = { firstNames: new Map(), seen: 0, entersMount }
  const root: Directory = { fd: rootFd, path: '', depth: 0 }
  yield* walkNames(root, names ?? (await namesIn(root)), walk)
}

function rootEntry(fd: number): TreeEntry {
  const place = Buffer.from(`/proc/self/fd/${fd}/.`)
  const attributes = attributesOf(lstatSync(place, { bigint: true }))
  return { ...attributes, ...readXattrs(place, 'directory'), type: 'directory', name: '', linkName: '' }
}

interface Walk {
  /** Where an inode with several names was met first. */
  firstNames: Map<string, ByteString>
  seen: number
  entersMount: WalkTreeOptions['entersMount']
}

interface Directory {
  fd: number
  path: ByteString
  depth: number
}

const entriesPerTurn = 256

async function namesIn({ fd }: Directory): Promise<Buffer[]> {
  const names = await readdir(`/proc/self/fd/${fd}`, { encoding: 'buffer' })
  return names.sort((a, b) => a.compare(b))
}

async function* walkNames(
  directory: Directory,
  names: readonly Buffer[],
  walk: Walk,
): AsyncGenerator<TreeEntry> {
  for (const name of names) {
    if (++walk.seen % entriesPerTurn === 0) await setImmediate()
    const found = await passing(() => findEntry(directory, name, walk))
    if (!found) continue
    try {
      yield found.entry
      if (found.entry.type === 'directory' && found.fd !== undefined) {
        const child = below(directory, found.entry, found.fd)
        yield* walkNames(child, await namesIn(child), walk)
      }
    } finally {
      if (found.fd !== undefined) closeSync(found.fd)
    }
  }
}

interface Found {
  entry: TreeEntry
  /** Of a file, or of a directory that is entered; the walk closes it. */
  fd?: number | undefined
}

function below({ depth }: Directory, entry: TreeEntry, fd: number): Directory {
  if (depth >= layerLimitsDefault.depthMax) {
    throw new CodedError(
      'invalid-argument',
      `Cannot read ${quoted(entry.name)}: it is more than ${layerLimitsDefault.depthMax} directories deep`,
    )
  }
  return { fd, path: entry.name, depth: depth + 1 }
}

function findEntry(directory: Directory, name: Buffer, walk: Walk): Found | undefined {
  const place = Buffer.concat([Buffer.from(`/proc/self/fd/${directory.fd}/`), name])
  const stats = lstatSync(place, { bigint: true })
  const type = typeOf(stats)
  if (!type) return undefined
  const path = `${directory.path}${directory.path && '/'}${name.toString('latin1')}`
  const entry: TreeEntry = {
    ...attributesOf(stats),
    ...readXattrs(place, type),
    type,
    name: path,
    linkName: '',
  }
  if (type === 'directory') return { entry, fd: openDirectory(directory, name, walk.entersMount?.(path)) }
  const first = firstNameOf(stats, path, walk)
  if (first !== undefined) return { entry: { ...entry, type: 'link', linkName: first } }
  if (type === 'symlink')
    return { entry: { ...entry, linkName: readlinkSync(place, { encoding: 'buffer' }).toString('latin1') } }
  if (type !== 'file') return { entry }
  const flags = constants.O_NOFOLLOW | constants.O_NONBLOCK
  const fd = openInside(directory, name, { flags, entersMount: walk.entersMount !== undefined })
  const sizeBytes = Number(stats.size)
  return { entry: { ...entry, sizeBytes, body: fileBody(fd, sizeBytes) }, fd }
}

function firstNameOf(stats: BigIntStats, path: ByteString, { firstNames }: Walk): ByteString | undefined {
  // A whiteout is one inode with many names that have nothing to do with each other.
  if (stats.nlink < 2n || stats.isCharacterDevice()) return undefined
  const inode = `${stats.dev} ${stats.ino}`
  const first = firstNames.get(inode)
  if (first === undefined) firstNames.set(inode, path)
  return first
}

const insideOnly = resolveFlags.beneath | resolveFlags.noSymlinks

interface InsideOptions {
  flags: number
  entersMount?: boolean
}

const openInside = ({ fd }: Directory, name: Buffer, { flags, entersMount = false }: InsideOptions): number =>
  linuxKernel.openat2(fd, name, {
    flags,
    resolve: entersMount ? insideOnly : insideOnly | resolveFlags.noXdev,
  })

/** Undefined for one with a mount on it that is not entered. */
function openDirectory(directory: Directory, name: Buffer, entersMount?: boolean): number | undefined {
  const flags = constants.O_DIRECTORY
  if (entersMount) return openInside(directory, name, { flags, entersMount })
  try {
    return openInside(directory, name, { flags })
  } catch (error) {
    if (systemCode(error) === 'EXDEV' && entersMount === false) return undefined
    throw error
  }
}

function typeOf(stats: BigIntStats): TarEntryType | undefined {
  if (stats.isFile()) return 'file'
  if (stats.isDirectory()) return 'directory'
  if (stats.isSymbolicLink()) return 'symlink'
  if (stats.isFIFO()) return 'fifo'
  if (stats.isCharacterDevice()) return 'character-device'
  if (stats.isBlockDevice()) return 'block-device'
  return undefined
}

const nanosecondsPerSecond = 1_000_000_000n

function attributesOf(stats: BigIntStats) {
  const { rdev, mtimeNs } = stats
  const nanoseconds = ((mtimeNs % nanosecondsPerSecond) + nanosecondsPerSecond) % nanosecondsPerSecond
  return {
    mode: Number(stats.mode & 0o7777n),
    uid: Number(stats.uid),
    gid: Number(stats.gid),
    sizeBytes: 0,
    mtimeSeconds: Number((mtimeNs - nanoseconds) / nanosecondsPerSecond),
    mtimeNanoseconds: Number(nanoseconds),
    // makedev(3): 12 bits of major, 20 of minor, spread.
    major: Number(((rdev >> 8n) & 0xfffn) | ((rdev >> 32n) & 0xfffff000n)),
    minor: Number((rdev & 0xffn) | ((rdev >> 12n) & 0xffffff00n)),
  }
}

/** What became of a name between the moment it was listed and now. */
const changedMeanwhile = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO', 'EXDEV', 'ESTALE'])

async function passing<T>(action: () => T): Promise<T | undefined> {
  try {
    return action()
  } catch (error) {
    if (changedMeanwhile.has(systemCode(error) ?? '')) return undefined
    throw error
  }
}
