import { closeSync, mkdirSync, openSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from '@berth/stdx'
import { mountFlags, type Kernel } from '@berth/syscalls'
import { hidePoint } from './hide-point.ts'
import type { MountEntry } from './mount-table.ts'
import type { LayerFormat } from './snapshotter.ts'

/** Beside the content of every layer: its size and format. */
export const layerRecordName = 'layer.json'

/** What differs between layers of one format and another. */
interface LayerFormatDriver {
  /** Name in a layer's directory that tells the format. */
  readonly marker: string
  /** Makes a layer's directory durable with its content and record. */
  sync(directory: string): Promise<void>
  /** Returns the path of the layer's root: `point`, where it is mounted unless `mounted` says so already, or a directory. */
  expose(directory: string, point: string, mounted: readonly MountEntry[]): string
}

export type LayerFormats = Readonly<Record<LayerFormat, LayerFormatDriver>>

export function layerFormats(kernel: Kernel, logger: Logger): LayerFormats {
  return { erofs: erofsFormat(kernel, logger), tree: treeFormat(kernel) }
}

/**
 * A metadata image whose files point into the tar (Linux, Documentation/filesystems/erofs.rst, option `device`). Both
 * are mounted as plain files, which mount(8) cannot do: it makes loop devices. Neither nosuid nor nodev: the layers of
 * an overlay pass on what their mounts allow.
 */
function erofsFormat(kernel: Kernel, logger: Logger): LayerFormatDriver {
  return {
    marker: 'layer.erofs',
    async sync(directory) {
      // Side by side they share what the file system writes.
      const names = ['layer.tar', 'layer.erofs', layerRecordName, '.']
      await Promise.all(names.map((name) => syncPath(join(directory, name))))
    },
    expose(directory, point, mounted) {
      const source = join(directory, 'layer.erofs')
      if (mounted.some((entry) => entry.mountPoint === point && entry.source === source)) return point
      hidePoint(kernel, point, logger)
      mkdirSync(point, { mode: 0o700 })
      const data = `device=${join(directory, 'layer.tar')}`
      kernel.mount({ source, target: point, type: 'erofs', flags: mountFlags.readOnly, data })
      return point
    },
  }
}

async function syncPath(path: string): Promise<void> {
  await using file = await open(path, 'r')
  await file.sync()
}

/** Unpacked files, used where they are. */
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
    expose: (directory) => join(directory, 'tree'),
  }
}
