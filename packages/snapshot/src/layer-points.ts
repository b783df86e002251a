import { randomUUID } from 'node:crypto'
import { lstatSync, mkdirSync, readdirSync, rmdirSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from '@berth/stdx'
import { digestHex, type Digest } from '@berth/oci'
import type { Kernel } from '@berth/syscalls'
import type { LayerFormats } from './layer-formats.ts'
import type { MountEntry } from './mount-table.ts'
import type { LayerFormat } from './snapshotter.ts'
import { unmountPath } from './unmount-path.ts'

/** 16 bytes of a digest tell layers apart; in 22 characters, since the paths of all layers of a root share one page. */
const pointBytes = 16

/** A layer as it lies on disk. */
export interface LayerPlace {
  diffId: Digest
  format: LayerFormat
  directory: string
}

interface LayerPointsOptions {
  directory: string
  formats: LayerFormats
  kernel: Kernel
  logger: Logger
}

/**
 * The roots of layers that are in use, as `<directory>/<short name>`: one for all snapshots that need the layer. What
 * is there is read from the kernel and the directory each time, so a process that starts after a crash adopts it.
 */
export class LayerPoints {
  readonly #options: LayerPointsOptions

  constructor(options: LayerPointsOptions) {
    this.#options = options
    mkdirSync(options.directory, { recursive: true, mode: 0o700 })
  }

  /** Path where the root of the layer with this diffId is, while it is exposed. */
  pathOf(diffId: Digest): string {
    const name = Buffer.from(digestHex(diffId), 'hex').subarray(0, pointBytes).toString('base64url')
    return join(this.#options.directory, name)
  }

  /** A path for a look at a layer that is not committed yet. */
  freshPath(): string {
    return join(this.#options.directory, randomUUID())
  }

  /** Shows the layer's root, if it is not there yet, and returns its path. */
  expose(layer: LayerPlace, mounted: readonly MountEntry[]): string {
    const point = this.pathOf(layer.diffId)
    const format = this.#options.formats[layer.format]
    if (!format.isExposed(layer.directory, point, mounted)) {
      this.hide(point)
      format.expose(layer.directory, point)
    }
    return point
  }

  /** Takes away every root but those of `used`. */
  hideUnused(used: readonly Digest[]): void {
    const kept = new Set(used.map((diffId) => this.pathOf(diffId)))
    for (const name of readdirSync(this.#options.directory)) {
      const point = join(this.#options.directory, name)
      if (!kept.has(point)) this.hide(point)
    }
  }

  /** Takes away whatever is at `point`: a mount with its directory, or a link. */
  hide(point: string): void {
    const found = lstatSync(point, { throwIfNoEntry: false })
    if (found?.isDirectory()) {
      unmountPath(this.#options.kernel, point, this.#options.logger)
      rmdirSync(point)
    } else if (found) unlinkSync(point)
  }
}
