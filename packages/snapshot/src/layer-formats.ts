import { closeSync, lstatSync, mkdirSync, openSync, readlinkSync, symlinkSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { mountFlags, type Kernel } from '@berth/syscalls'
import type { MountEntry } from './mount-table.ts'
import type { LayerFormat } from './snapshotter.ts'

/** What differs between layers of one format and another. `directory` is the layer's, `point` where its root shall appear. */
interface LayerFormatDriver {
  /** Name in the directory that tells the format. */
  readonly marker: string
  /** Makes the content durable. */
  sync(directory: string): Promise<void>
  isExposed(directory: string, point: string, mounted: readonly MountEntry[]): boolean
  /** Shows the layer's root at `point`, which must not exist. */
  expose(directory: string, point: string): void
}

export type LayerFormats = Readonly<Record<LayerFormat, LayerFormatDriver>>

export function layerFormats(kernel: Kernel): LayerFormats {
  return { erofs: erofsFormat(kernel), tree: treeFormat(kernel) }
}

/**
 * A metadata image whose files point into the tar (Linux, Documentation/filesystems/erofs.rst, option `device`). Both
 * are mounted as plain files, which mount(8) cannot do: it makes loop devices. Neither nosuid nor nodev: the layers of
 * an overlay pass on what their mounts allow.
 */
function erofsFormat(kernel: Kernel): LayerFormatDriver {
  return {
    marker: 'layer.erofs',
    async sync(directory) {
      for (const name of ['layer.tar', 'layer.erofs']) {
        await using file = await open(join(directory, name), 'r')
        await file.sync()
      }
    },
    isExposed(directory, point, mounted) {
      const source = join(directory, 'layer.erofs')
      return mounted.some(
        (entry) => entry.mountPoint === point && entry.type === 'erofs' && entry.source === source,
      )
    },
    expose(directory, point) {
      mkdirSync(point, { mode: 0o700 })
      kernel.mount({
        source: join(directory, 'layer.erofs'),
        target: point,
        type: 'erofs',
        flags: mountFlags.readOnly,
        data: `device=${join(directory, 'layer.tar')}`,
      })
    },
  }
}

/** Unpacked files; a link gives them the same short path as a mount has. */
function treeFormat(kernel: Kernel): LayerFormatDriver {
  return {
    marker: 'tree',
    async sync(directory) {
      const descriptor = openSync(directory, 'r')
      try {
        await kernel.syncFileSystem(descriptor)
      } finally {
        closeSync(descriptor)
      }
    },
    isExposed: (directory, point) => linkTarget(point) === join(directory, 'tree'),
    expose: (directory, point) => symlinkSync(join(directory, 'tree'), point),
  }
}

function linkTarget(path: string): string | undefined {
  const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false
  return isLink ? readlinkSync(path) : undefined
}
