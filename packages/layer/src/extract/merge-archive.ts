import { CodedError, systemCode } from '@berth/stdx'
import { linuxKernel } from '@berth/syscalls'
import { closeSync, constants, lstatSync, type BigIntStats } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { decompressArchive } from '../decompress/decompress-archive.ts'
import { layerLimitsDefault } from '../layer-limits.ts'
import { quoted } from '../tar/malformed.ts'
import { readTar } from '../tar/read-tar.ts'
import type { ByteString, TarEntry } from '../tar/tar-entry.ts'
import { cleanPath } from '../tree/clean-path.ts'
import type { DirectoryNode, LayerNode } from '../tree/layer-node.ts'
import { nodeOfEntry, refused } from '../tree/node-of-entry.ts'
import { applyAttributes, applyModeAndTime, applyTime } from './apply-attributes.ts'
import { makeNode } from './make-node.ts'
import { mergeError } from './merge-error.ts'
import { openChild, pathOf, verifyNotMounted, type Place } from './place.ts'
import { removePlace } from './remove-place.ts'
import { splitPath, TargetDirectories, type MergeTarget } from './target-directories.ts'
import { writeBody } from './write-body.ts'

export interface MergeArchiveOptions {
  target: MergeTarget
  /** Whose the files become: as the archive says, somebody's, or `caller`: then nothing is set that only root may set. */
  owner: 'archive' | 'caller' | { uid: number; gid: number }
  /** A directory may take the place of something else, and something else that of a directory with all it holds. */
  replacesDirectories: boolean
  /** The name that a member gets here for the one it has in the archive; may throw. */
  rename?: (name: ByteString) => ByteString
  signal?: AbortSignal
}

/**
 * Unpacks an archive, compressed or not, into a directory that may hold something already: directories join, everything
 * else takes the place of what had its name, files when they are whole. Whiteouts mean nothing here. Each step is one
 * name in a directory that is held open, so nothing outside the target, or its root, is reached, whatever the archive
 * holds and whoever changes the target meanwhile. What came before a bad member stays.
 */
export async function mergeArchive(
  source: AsyncIterable<Uint8Array>,
  options: MergeArchiveOptions,
): Promise<void> {
  const { signal } = options
  using directories = new TargetDirectories(options.target)
  const merge = new Merge(options, directories)
  const archive = decompressArchive(source, { compression: 'auto', ...(signal ? { signal } : {}) })
  for await (const { entry, body } of readTar(archive)) {
    signal?.throwIfAborted()
    try {
      await merge.add(renamed(entry, options.rename), body)
    } catch (error) {
      throw mergeError(entry, error)
    }
  }
  merge.finish()
}

function renamed(entry: TarEntry, rename: MergeArchiveOptions['rename']): TarEntry {
  if (!rename) return entry
  const linkName = entry.type === 'link' ? rename(entry.linkName) : entry.linkName
  return { ...entry, name: rename(entry.name), linkName }
}

interface Member {
  entry: TarEntry
  path: ByteString
  place: Place
  existing: BigIntStats | undefined
}

/** What the kernel says of a directory that was there a moment ago, and that others have moved or removed. */
const goneMeanwhile = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'EXDEV'])

class Merge {
  readonly #options: MergeArchiveOptions
  readonly #directories: TargetDirectories
  /** Their times are set at the end: what is made in them changes it. */
  readonly #times = new Map<ByteString, DirectoryNode>()
  #entries = 0

  constructor(options: MergeArchiveOptions, directories: TargetDirectories) {
    this.#options = options
    this.#directories = directories
  }

  async add(entry: TarEntry, body: AsyncIterable<Uint8Array>): Promise<void> {
    this.#count()
    const path = cleanPath(entry.name)
    if (path === undefined)
      throw invalid(`${quoted(entry.name)} is outside of ${quoted(this.#options.target.path)}`)
    if (path === '') return this.#verifyRoot(entry)
    verifyDepth(entry, path)
    const { directory, name } = splitPath(path)
    const place: Place = { dirFd: this.#directories.make(directory), name }
    const existing = lstatSync(pathOf(place), { bigint: true, throwIfNoEntry: false })
    const member: Member = { entry, path, place, existing }
    this.#verifyKind(member)
    if (entry.type === 'link') await this.#addLink(member)
    else await this.#addNode(nodeOfEntry(entry, { bodyOffset: 0, depth: 0 }), member, body)
  }

  finish(): void {
    for (const [path, node] of [...this.#times].toReversed()) {
      const { directory, name } = splitPath(path)
      try {
        applyTime({ dirFd: this.#directories.find(directory), name }, node)
      } catch (error) {
        if (!goneMeanwhile.has(systemCode(error) ?? '')) throw error
      }
    }
  }

  #count(): void {
    if (++this.#entries > layerLimitsDefault.entriesMax)
      throw invalid(`Cannot unpack archive: it has more than ${layerLimitsDefault.entriesMax} entries`)
  }

  /** The target itself stays as it is. */
  #verifyRoot(entry: TarEntry): void {
    if (entry.type !== 'directory') throw refused(entry, 'the target must stay a directory')
  }

  #verifyKind({ entry, path, existing }: Member): void {
    if (this.#options.replacesDirectories || !existing) return
    const isDirectory = entry.type === 'directory'
    if (existing.isDirectory() === isDirectory) return
    const target = this.#options.target.path
    const [old, next] = isDirectory ? ['non-directory', 'directory'] : ['directory', 'non-directory']
    const whole = `${target === '/' ? '' : target}/${path}`
    throw invalid(`cannot overwrite ${old} ${quoted(whole)} with ${next} ${quoted(target)}`)
  }

  async #addNode(node: LayerNode, member: Member, body: AsyncIterable<Uint8Array>): Promise<void> {
    if (node.type === 'directory') return this.#addDirectory(node, member)
    await this.#putInPlace(member, async (place) => {
      if (node.type === 'file') await makeFile(node, place, body)
      else makeNode(node, place)
      this.#apply(place, node)
    })
  }

  #addDirectory(node: DirectoryNode, { path, place, existing }: Member): void {
    if (!existing?.isDirectory()) {
      if (existing) removePlace(place)
      linuxKernel.mkdirat(place.dirFd, place.name, 0o700)
    }
    this.#apply(place, node)
    this.#times.set(path, node)
  }

  async #addLink(member: Member): Promise<void> {
    const { entry } = member
    const from = cleanPath(entry.linkName)
    if (!from) throw invalid(`invalid hardlink ${quoted(entry.name)} -> ${quoted(entry.linkName)}`)
    const { directory, name } = splitPath(from)
    using directories = new TargetDirectories(this.#options.target)
    const source: Place = { dirFd: directories.find(directory), name }
    if (isSame(lstatSync(pathOf(source), { bigint: true }), member.existing)) return
    await this.#putInPlace(member, (place) =>
      linuxKernel.linkat(
        { dirFd: source.dirFd, path: source.name },
        { dirFd: place.dirFd, path: place.name },
      ),
    )
  }

  /** Makes it under another name first where something is replaced, so that a failure leaves that as it was. */
  async #putInPlace(
    { path, place, existing }: Member,
    make: (place: Place) => Promise<void> | void,
  ): Promise<void> {
    if (existing?.isDirectory()) this.#removeDirectory(path, place)
    const isReplaced = existing && !existing.isDirectory()
    if (isReplaced) verifyNotMounted(place)
    const made: Place = isReplaced ? { ...place, name: temporaryName() } : place
    try {
      await make(made)
      if (isReplaced) rename(made, place)
    } catch (error) {
      if (isReplaced) removePlace(made)
      throw error
    }
  }

  #removeDirectory(path: ByteString, place: Place): void {
    removePlace(place)
    for (const known of this.#times.keys())
      if (known === path || known.startsWith(`${path}/`)) this.#times.delete(known)
  }

  #apply(place: Place, node: LayerNode): void {
    const { owner } = this.#options
    if (owner === 'caller') applyModeAndTime(place, node)
    else applyAttributes(place, owner === 'archive' ? node : { ...node, ...owner })
  }
}

async function makeFile(
  node: Extract<LayerNode, { type: 'file' }>,
  place: Place,
  body: AsyncIterable<Uint8Array>,
): Promise<void> {
  const fd = openChild(place, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600)
  try {
    await writeBody(fd, node, body)
  } catch (error) {
    removePlace(place)
    throw error
  } finally {
    closeSync(fd)
  }
}

function verifyDepth(entry: TarEntry, path: ByteString): void {
  const { depthMax } = layerLimitsDefault
  if (path.split('/', depthMax + 1).length > depthMax)
    throw refused(entry, `it is more than ${depthMax} directories deep`)
}

const temporaryName = (): Buffer => Buffer.from(`.berth-${randomBytes(8).toString('hex')}`)

const rename = (from: Place, to: Place): void =>
  linuxKernel.renameat2({ dirFd: from.dirFd, path: from.name }, { dirFd: to.dirFd, path: to.name })

const isSame = (a: BigIntStats, b: BigIntStats | undefined): boolean => a.dev === b?.dev && a.ino === b.ino

const invalid = (message: string): CodedError => new CodedError('invalid-argument', message)
