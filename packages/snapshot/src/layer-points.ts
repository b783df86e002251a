import { randomUUID } from 'node:crypto'
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from '@berth/stdx'
import { digestHex, type Digest } from '@berth/oci'
import type { Kernel } from '@berth/syscalls'
import { hidePoint, hidePointInBackground } from './hide-point.ts'
import type { LayerFormats } from './layer-formats.ts'
import type { MountEntry } from './mount-table.ts'
import type { LayerFormat } from './snapshotter.ts'

/** 16 bytes of a digest tell layers apart, in 22 characters: the mount table repeats them for every container. */
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
 * The mounts of layers that are in use, as `<directory>/<short name>`: one for all snapshots that need the layer. What
 * is there is read from the kernel and the directory each time, so a process that starts after a crash adopts it.
 */
export class LayerPoints {
  readonly #options: LayerPointsOptions

  constructor(options: LayerPointsOptions) {
    this.#options = options
    mkdirSync(options.directory, { recursive: true, mode: 0o700 })
  }

  /** Where the layer with this diffId is mounted, while it is. */
  pathOf(diffId: Digest): string {
    const name = Buffer.from(digestHex(diffId), 'hex').subarray(0, pointBytes).toString('base64url')
    return join(this.#options.directory, name)
  }

  /** A path for a look at a layer that is not committed yet. */
  freshPath(): string {
    return join(this.#options.directory, randomUUID())
  }

  /** Mounts the layer if need be, and returns the path of its root. */
  expose(layer: LayerPlace, mounted: readonly MountEntry[]): string {
    return this.#options.formats[layer.format].expose(layer.directory, this.pathOf(layer.diffId), mounted)
  }

  /** Unmounts every layer but `used`. */
  hideUnused(used: readonly Digest[]): void {
    const kept = new Set(used.map((diffId) => this.pathOf(diffId)))
    for (const name of readdirSync(this.#options.directory)) {
      const point = join(this.#options.directory, name)
      if (!kept.has(point)) this.hide(point)
    }
  }

  hide(point: string): void {
    hidePoint(this.#options.kernel, point, this.#options.logger)
  }

  hideInBackground(point: string): Promise<void> {
    return hidePointInBackground(this.#options.kernel, point, this.#options.logger)
  }
}
