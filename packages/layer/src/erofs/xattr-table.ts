import type { ByteString } from '../tar/tar-entry.ts'
import type { LayerNode } from '../tree/layer-node.ts'
import { overlayXattrs } from '../tree/overlay-xattrs.ts'
import { sharedXattrsMax, xattrBytesMax, xattrEntry, xattrHeaderBytes } from './format.ts'

/** One attribute that some inode has. */
interface Xattr {
  entry: Buffer
  uses: number
  /** Offset in the shared area, once it has one. */
  sharedOffset: number | undefined
}

/** All attributes of a layer: what several inodes have is stored once. */
export class XattrTable {
  readonly #xattrs = new Map<string, Xattr>()
  readonly #shared: Buffer[] = []
  #sharedBytes = 0

  /** Counts the attributes of one inode; false when the format has no place for one. */
  add(node: LayerNode): boolean {
    for (const [name, value] of overlayXattrs(node)) {
      const known = this.#xattrs.get(keyOf(name, value))
      if (known) known.uses++
      else {
        const entry = xattrEntry(name, value)
        if (!entry) return false
        this.#xattrs.set(keyOf(name, value), { entry, uses: 1, sharedOffset: undefined })
      }
    }
    return true
  }

  /** The attributes as they stand behind the inode; undefined when they are too large together. Call when all are added. */
  inodeBody(node: LayerNode): Buffer | undefined {
    const xattrs = overlayXattrs(node)
    if (xattrs.size === 0) return empty
    const ids: number[] = []
    const inline: Buffer[] = []
    for (const [name, value] of xattrs) {
      const xattr = this.#xattrs.get(keyOf(name, value))
      if (!xattr) continue
      if (xattr.uses > 1 && ids.length < sharedXattrsMax) ids.push(this.#share(xattr) / 4)
      else inline.push(xattr.entry)
    }
    const header = Buffer.alloc(xattrHeaderBytes + 4 * ids.length)
    header[4] = ids.length
    ids.forEach((id, index) => header.writeUInt32LE(id, xattrHeaderBytes + 4 * index))
    const body = Buffer.concat([header, ...inline])
    return body.length > xattrBytesMax ? undefined : body
  }

  /** The shared area; call when all bodies were made. */
  sharedArea(): Buffer {
    return Buffer.concat(this.#shared)
  }

  #share(xattr: Xattr): number {
    if (xattr.sharedOffset === undefined) {
      xattr.sharedOffset = this.#sharedBytes
      this.#shared.push(xattr.entry)
      this.#sharedBytes += xattr.entry.length
    }
    return xattr.sharedOffset
  }
}

const empty = Buffer.alloc(0)
const keyOf = (name: ByteString, value: ByteString): string => `${name}\0${value}`
