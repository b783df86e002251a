import { createHash } from 'node:crypto'
import type { ByteString } from '../tar/tar-entry.ts'
import type { LayerNode } from '../tree/layer-node.ts'
import { overlayXattrs } from '../tree/overlay-xattrs.ts'
import { hasXattrEntry, sharedXattrsMax, xattrBytesMax, xattrEntry, xattrHeaderBytes } from './format.ts'

/**
 * All attributes of a layer: what several inodes have is stored once. It keeps little of what but one inode has, since an
 * archive may have as many as it likes.
 */
export class XattrTable {
  /** How many inodes have each. */
  readonly #uses = new Map<string, number>()
  /** Where those that several have stand in the shared area, once they do. */
  readonly #sharedOffsets = new Map<string, number>()
  readonly #shared: Buffer[] = []
  #sharedBytes = 0

  /** Counts the attributes of one inode; false when the format has no place for one. */
  add(node: LayerNode): boolean {
    for (const [name, value] of overlayXattrs(node)) {
      if (!hasXattrEntry(name, value)) return false
      const key = keyOf(name, value)
      this.#uses.set(key, (this.#uses.get(key) ?? 0) + 1)
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
      const key = keyOf(name, value)
      const isShared = (this.#uses.get(key) ?? 0) > 1 && ids.length < sharedXattrsMax
      if (isShared) ids.push(this.#share(key, name, value) / 4)
      else inline.push(xattrEntry(name, value))
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

  #share(key: string, name: ByteString, value: ByteString): number {
    const known = this.#sharedOffsets.get(key)
    if (known !== undefined) return known
    const offset = this.#sharedBytes
    const entry = xattrEntry(name, value)
    this.#sharedOffsets.set(key, offset)
    this.#shared.push(entry)
    this.#sharedBytes += entry.length
    return offset
  }
}

const empty = Buffer.alloc(0)
const keyLengthMax = 100

/** Unique; what is long would be kept a second time for it. */
function keyOf(name: ByteString, value: ByteString): string {
  const whole = `${name}\0${value}`
  if (whole.length <= keyLengthMax) return whole
  return `#${createHash('sha256').update(whole, 'latin1').digest('latin1')}`
}
