import { linuxKernel } from '@berth/syscalls'
import { closeSync, constants } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { hardLinked } from '../tree/hard-linked.ts'
import type { DirectoryNode, FileNode, LayerNode } from '../tree/layer-node.ts'
import { applyAttributes } from './apply-attributes.ts'
import { copyBody } from './copy-body.ts'
import { makeNode } from './make-node.ts'
import { openChild, openChildDirectory, openDirectoryBelow, type Place } from './place.ts'

export interface ExtractOptions {
  /** Descriptor of the empty directory to fill. */
  rootFd: number
  /** Descriptor of the layer's tar. */
  tarFd: number
  signal?: AbortSignal | undefined
}

/**
 * Unpacks a layer: whiteouts as 0/0 devices, opaque directories with overlayfs's attribute. Each step is one name in a
 * directory that is held open, and no link is followed, so nothing outside can be reached whatever the layer holds.
 */
export async function extractTree(root: DirectoryNode, options: ExtractOptions): Promise<void> {
  await new Extraction(root, options).run()
}

const bytesPerTurn = 8 * 1024 * 1024
/** What making a file costs, in bytes copied. */
const bytesPerFile = 32 * 1024

class Extraction {
  readonly #root: DirectoryNode
  readonly #options: ExtractOptions
  readonly #linked: ReadonlySet<LayerNode>
  /** Where the first name of a hard-linked node is. */
  readonly #firstPaths = new Map<LayerNode, Buffer[]>()
  #bytesThisTurn = 0

  constructor(root: DirectoryNode, options: ExtractOptions) {
    this.#root = root
    this.#options = options
    this.#linked = hardLinked(root)
  }

  async run(): Promise<void> {
    const place: Place = { dirFd: this.#options.rootFd, name: Buffer.from('.') }
    await this.#fill(this.#root, place.dirFd, [])
    applyAttributes(place, this.#root)
  }

  async #fill(directory: DirectoryNode, dirFd: number, path: Buffer[]): Promise<void> {
    for (const [byteName, node] of directory.children) {
      const place: Place = { dirFd, name: Buffer.from(byteName, 'latin1') }
      await this.#breathe()
      if (node.type === 'directory') await this.#makeDirectory(node, place, path)
      else if (this.#firstPaths.has(node)) this.#link(node, place)
      else {
        this.#make(node, place)
        applyAttributes(place, node)
        if (this.#linked.has(node)) this.#firstPaths.set(node, [...path, place.name])
      }
    }
  }

  async #makeDirectory(node: DirectoryNode, place: Place, path: Buffer[]): Promise<void> {
    linuxKernel.mkdirat(place.dirFd, place.name, 0o700)
    const childFd = openChildDirectory(place)
    try {
      await this.#fill(node, childFd, [...path, place.name])
    } finally {
      closeSync(childFd)
    }
    applyAttributes(place, node)
  }

  #make(node: Exclude<LayerNode, DirectoryNode>, place: Place): void {
    if (node.type === 'file') this.#makeFile(node, place)
    else makeNode(node, place)
  }

  #makeFile(node: FileNode, place: Place): void {
    const fd = openChild(place, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600)
    try {
      copyBody(node, this.#options.tarFd, fd)
    } finally {
      closeSync(fd)
    }
    this.#bytesThisTurn += node.sizeBytes
  }

  #link(node: LayerNode, place: Place): void {
    const path = this.#firstPaths.get(node) ?? []
    const name = path.at(-1)
    if (!name) return
    const dirFd = openDirectoryBelow(this.#options.rootFd, path.slice(0, -1))
    try {
      linuxKernel.linkat({ dirFd, path: name }, { dirFd: place.dirFd, path: place.name })
    } finally {
      closeSync(dirFd)
    }
  }

  /** Lets the thread's other work run, such as the message that cancels. */
  async #breathe(): Promise<void> {
    this.#options.signal?.throwIfAborted()
    this.#bytesThisTurn += bytesPerFile
    if (this.#bytesThisTurn < bytesPerTurn) return
    this.#bytesThisTurn = 0
    await setImmediate()
  }
}
