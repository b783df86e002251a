import { mkdir, realpath } from 'node:fs/promises'
import { isAbsolute } from 'node:path'
import { CodedError, noFailpoint, silentLogger, type Logger } from '@berth/stdx'
import type { Kernel } from '@berth/syscalls'
import type { SnapshotFailpoint } from './failpoint.ts'
import { LayeredSnapshotter } from './layered-snapshotter.ts'
import type { Snapshotter } from './snapshotter.ts'

export interface SnapshotterOptions {
  /** Layers and tops; made when missing. On a file system that can be the upper of an overlay. One process at a time. */
  directory: string
  /** Mounts of layers; made when missing. Need not outlive the machine's run. */
  runDirectory: string
  kernel: Kernel
  logger?: Logger
  /** Makes steps fail, for tests. */
  failpoint?: SnapshotFailpoint
}

/** Layers are mounted from their tar; also takes unpacked ones. Needs Linux 6.12. */
export async function openErofsSnapshotter(options: SnapshotterOptions): Promise<Snapshotter> {
  const opened = await openDirectories(options)
  return new LayeredSnapshotter({ ...opened, name: 'erofs', layerFormat: 'erofs', usable: ['erofs', 'tree'] })
}

/** Layers are unpacked. A layer that is there in the other format counts as missing. */
export async function openOverlaySnapshotter(options: SnapshotterOptions): Promise<Snapshotter> {
  const opened = await openDirectories(options)
  return new LayeredSnapshotter({ ...opened, name: 'overlay', layerFormat: 'tree', usable: ['tree'] })
}

/** The kernel names mounts by their real paths. */
export async function openDirectories(options: SnapshotterOptions): Promise<Required<SnapshotterOptions>> {
  return {
    ...options,
    directory: await openDirectory(options.directory),
    runDirectory: await openDirectory(options.runDirectory),
    logger: options.logger ?? silentLogger,
    failpoint: options.failpoint ?? noFailpoint,
  }
}

/** Characters with a meaning in mount options. */
const special = /[,:\\]/

async function openDirectory(path: string): Promise<string> {
  checkDirectory(path)
  await mkdir(path, { recursive: true, mode: 0o700 })
  const real = await realpath(path)
  checkDirectory(real)
  return real
}

function checkDirectory(path: string): void {
  const refuse = (why: string): never => {
    throw new CodedError('invalid-argument', `Cannot use ${JSON.stringify(path)} for layers: ${why}`)
  }
  if (!isAbsolute(path)) refuse('not an absolute path')
  if (special.test(path)) refuse('it has a comma, a colon or a backslash')
}
