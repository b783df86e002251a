import { CodedError } from '@berth/stdx'
import { quoted } from '../tar/malformed.ts'
import type { ByteString, TarEntry } from '../tar/tar-entry.ts'
import type { LayerLimits } from '../layer-limits.ts'
import { cleanPath } from './clean-path.ts'
import type { DirectoryNode, LayerNode } from './layer-node.ts'
import { attributesOf, nodeOfEntry, refused } from './node-of-entry.ts'
import { parseWhiteout } from './whiteout.ts'

const nameBytesMax = 255
/** As many as Linux follows in one path (path_resolution(7)). */
const symlinksMax = 40

type TreeLimits = Pick<LayerLimits, 'entriesMax' | 'depthMax' | 'metadataBytesMax'>

/**
 * What a layer holds in the end: members are added in archive order, a later one of the same path replaces the earlier, a
 * directory only changes the attributes of a directory. Parents that the archive does not name are root's, 0755, of the
 * epoch. Links in a member's path are followed inside the tree, as if it were the root. Nothing can be named outside.
 *
 * Whiteouts (OCI image layer specification, "Whiteouts") hide what lower layers have, never what this layer has, wherever
 * they stand. Call `finish()` when all members are added.
 */
export class LayerTree {
  readonly root: DirectoryNode = impliedDirectory(0)
  readonly #limits: TreeLimits
  readonly #whiteouts: { directory: DirectoryNode; name: ByteString }[] = []
  #nodes = 0
  #metadataBytes = 0
  /** Members come sorted by directory, so the last parent is nearly always the next one's too. */
  #lastParent: { path: ByteString; directory: DirectoryNode } = { path: '', directory: this.root }

  constructor(limits: TreeLimits) {
    this.#limits = limits
  }

  /** Adds one member; `bodyOffset` is where its stored bytes start. Throws `invalid-argument` for what cannot be unpacked. */
  add(entry: TarEntry, bodyOffset: number): void {
    this.#count()
    this.#addMetadata(metadataBytes(entry))
    const path = cleanPath(entry.name)
    if (path === undefined) throw refused(entry, 'it leaves the root of the layer')
    if (path === '') this.#setRoot(entry)
    else this.#addBelow(entry, path, bodyOffset)
  }

  /** Turns whiteouts into what overlayfs knows: character devices 0/0 and opaque directories. */
  finish(): void {
    for (const { directory, name } of this.#whiteouts) {
      const child = directory.children.get(name)
      if (child === undefined) directory.children.set(name, whiteout())
      else if (child.type === 'directory') child.isOpaque = true
    }
    this.#whiteouts.length = 0
  }

  #setRoot(entry: TarEntry): void {
    if (entry.type !== 'directory') throw refused(entry, 'the root of a layer must be a directory')
    Object.assign(this.root, attributesOf(entry))
  }

  #addBelow(entry: TarEntry, path: ByteString, bodyOffset: number): void {
    const slash = path.lastIndexOf('/')
    const name = path.slice(slash + 1)
    const mark = parseWhiteout(path, entry)
    if (mark?.type === 'ignored') return
    const parent = this.#parent(entry, slash === -1 ? '' : path.slice(0, slash))
    if (mark?.type === 'opaque') parent.isOpaque = true
    else if (mark?.type === 'whiteout') this.#whiteouts.push({ directory: parent, name: mark.name })
    else this.#put(entry, { parent, name, bodyOffset })
  }

  #put(
    entry: TarEntry,
    { parent, name, bodyOffset }: { parent: DirectoryNode; name: ByteString; bodyOffset: number },
  ): void {
    verifyName(entry, name)
    const existing = parent.children.get(name)
    if (entry.type === 'directory' && existing?.type === 'directory') {
      Object.assign(existing, attributesOf(entry))
      return
    }
    const node =
      entry.type === 'link'
        ? this.#linked(entry)
        : nodeOfEntry(entry, { bodyOffset, depth: this.#below(entry, parent) })
    if (existing !== undefined) this.#lastParent = { path: '', directory: this.root }
    parent.children.set(name, node)
  }

  #linked(entry: TarEntry): LayerNode {
    const path = cleanPath(entry.linkName)
    if (path === undefined)
      throw refused(entry, `its link target ${quoted(entry.linkName)} leaves the root of the layer`)
    const slash = path.lastIndexOf('/')
    const walk: Walk = { entry, linksLeft: symlinksMax, isCreating: false }
    const node = this.#walk(slash === -1 ? '' : path.slice(0, slash), walk)?.children.get(
      path.slice(slash + 1),
    )
    if (node === undefined)
      throw refused(entry, `its link target ${quoted(entry.linkName)} is not in the layer`)
    if (node.type === 'directory')
      throw refused(entry, `its link target ${quoted(entry.linkName)} is a directory`)
    return node
  }

  #parent(entry: TarEntry, path: ByteString): DirectoryNode {
    if (path === this.#lastParent.path) return this.#lastParent.directory
    const directory = this.#walk(path, { entry, linksLeft: symlinksMax, isCreating: true })
    if (directory === undefined) throw new CodedError('internal', `Cannot find ${quoted(path)} in the layer`)
    this.#lastParent = { path, directory }
    return directory
  }

  /** The directory at `path`; what is missing is made when `isCreating`, else gives undefined. */
  #walk(path: ByteString, walk: Walk): DirectoryNode | undefined {
    const trail: DirectoryNode[] = [this.root]
    const pending = path.split('/').toReversed()
    for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
      if (name === '' || name === '.') continue
      if (name === '..') {
        if (trail.length > 1) trail.pop()
        continue
      }
      const directory = trail.at(-1) ?? this.root
      const child =
        directory.children.get(name) ??
        (walk.isCreating ? this.#makeDirectory(walk.entry, directory, name) : undefined)
      if (child === undefined) return undefined
      if (child.type === 'directory') trail.push(child)
      else if (child.type === 'symlink') {
        if (walk.linksLeft-- === 0) throw refused(walk.entry, 'too many levels of symbolic links')
        pending.push(...child.target.split('/').toReversed())
        if (child.target.startsWith('/')) trail.length = 1
      } else throw refused(walk.entry, `${quoted(name)} in its path is not a directory`)
    }
    return trail.at(-1)
  }

  #makeDirectory(entry: TarEntry, parent: DirectoryNode, name: ByteString): DirectoryNode {
    verifyName(entry, name)
    this.#count()
    this.#addMetadata(directoryBytes)
    const directory = impliedDirectory(this.#below(entry, parent))
    parent.children.set(name, directory)
    return directory
  }

  #below(entry: TarEntry, parent: DirectoryNode): number {
    if (parent.depth >= this.#limits.depthMax)
      throw refused(entry, `it is more than ${this.#limits.depthMax} directories deep`)
    return parent.depth + 1
  }

  #count(): void {
    if (++this.#nodes > this.#limits.entriesMax) {
      throw new CodedError(
        'invalid-argument',
        `Cannot unpack layer: it has more than ${this.#limits.entriesMax} entries`,
      )
    }
  }

  #addMetadata(bytes: number): void {
    this.#metadataBytes += bytes
    if (this.#metadataBytes > this.#limits.metadataBytesMax) {
      throw new CodedError(
        'invalid-argument',
        `Cannot unpack layer: names and attributes of its entries take more than ${this.#limits.metadataBytesMax} bytes`,
      )
    }
  }
}

interface Walk {
  entry: TarEntry
  linksLeft: number
  isCreating: boolean
}

function verifyName(entry: TarEntry, name: ByteString): void {
  if (name.length > nameBytesMax) throw refused(entry, 'a name in its path is longer than 255 bytes')
}

/** What a member keeps in memory beside its node; a name keeps the path it was cut out of. */
function metadataBytes({ type, name, linkName, xattrs, fragments = [] }: TarEntry): number {
  let bytes = name.length + linkName.length + fragments.length * fragmentBytes
  if (type === 'directory') bytes += directoryBytes
  for (const [key, value] of xattrs) bytes += xattrBytes + key.length + value.length
  return bytes
}

/** An object with two numbers, and its place in a list. */
const fragmentBytes = 48
/** A map of what is in it, and its list in an index. */
const directoryBytes = 500
/** A map for one, a row in the table of attributes, and a buffer of an index. */
const xattrBytes = 600

const noXattrs: ReadonlyMap<ByteString, ByteString> = new Map()
const rootOwned = { uid: 0, gid: 0, mtimeSeconds: 0, mtimeNanoseconds: 0, xattrs: noXattrs }

const impliedDirectory = (depth: number): DirectoryNode => ({
  type: 'directory',
  ...rootOwned,
  mode: 0o755,
  depth,
  isOpaque: false,
  children: new Map(),
})

const whiteout = (): LayerNode => ({ type: 'character-device', ...rootOwned, mode: 0, major: 0, minor: 0 })
