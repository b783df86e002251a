import { chownSync, chmodSync, existsSync, mkdirSync, readdirSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { CodedError, messageOf, type Logger } from '@berth/stdx'
import type { Digest } from '@berth/oci'
import { unmountFlags, type Kernel } from '@berth/syscalls'
import { diskUsage } from './disk-usage.ts'
import type { SnapshotFailpoint } from './failpoint.ts'
import { LayerDirectory, type RootAttributes, type StoredLayer } from './layer-directory.ts'
import { layerFormats } from './layer-formats.ts'
import { LayerPoints } from './layer-points.ts'
import { mountOption, readMountTable, type MountEntry } from './mount-table.ts'
import { mountOverlay } from './overlay-mount.ts'
import { SnapshotRecords } from './snapshot-records.ts'
import type {
  LayerFormat,
  LayerInfo,
  SnapshotInfo,
  Snapshotter,
  StagedLayer,
  TreeView,
} from './snapshotter.ts'
import { Trash } from './trash.ts'
import { openTreeView } from './tree-view.ts'
import { unmountRoot } from './unmount-path.ts'

export interface LayeredSnapshotterOptions {
  name: Snapshotter['name']
  layerFormat: LayerFormat
  /** Every format of layer that can be mounted, also those that are not written any more. */
  usable: readonly LayerFormat[]
  directory: string
  runDirectory: string
  kernel: Kernel
  logger: Logger
  failpoint: SnapshotFailpoint
}

const rootOfNoLayers: RootAttributes = { mode: 0o755, uid: 0, gid: 0 }

/**
 * An overlay per snapshot over layers of any format. Looking at which roots are mounted, and mounting or letting go of
 * layers because of it, happen without a pause in between, so that roots that share layers need no lock; and what is
 * mounted is asked of the kernel, so that nothing is lost with a process.
 */
export class LayeredSnapshotter implements Snapshotter {
  readonly name: Snapshotter['name']
  readonly layerFormat: LayerFormat
  readonly #kernel: Kernel
  readonly #logger: Logger
  readonly #failpoint: SnapshotFailpoint
  readonly #runDirectory: string
  /** The lower of a snapshot without layers: overlayfs wants one. */
  readonly #emptyLower: string
  readonly #points: LayerPoints
  readonly #layers: LayerDirectory
  readonly #records: SnapshotRecords
  readonly #trash: Trash

  constructor(options: LayeredSnapshotterOptions) {
    const { directory, runDirectory, kernel, logger, failpoint } = options
    this.name = options.name
    this.layerFormat = options.layerFormat
    this.#kernel = kernel
    this.#logger = logger
    this.#failpoint = failpoint
    this.#runDirectory = runDirectory
    this.#emptyLower = join(runDirectory, 'no-layers')
    const formats = layerFormats(kernel, logger)
    this.#points = new LayerPoints({ directory: join(runDirectory, 'layers'), formats, kernel, logger })
    this.#trash = new Trash(join(directory, 'trash'), { logger, failpoint })
    this.#layers = new LayerDirectory({
      directory,
      formats,
      usable: options.usable,
      points: this.#points,
      trash: this.#trash,
      failpoint,
    })
    this.#records = new SnapshotRecords(join(directory, 'snapshots'), logger)
    this.#recover(directory)
  }

  stageLayer(): Promise<StagedLayer> {
    return this.#layers.stage()
  }

  async findLayer(diffId: Digest): Promise<LayerInfo | undefined> {
    const layer = await this.#layers.find(diffId)
    return layer && infoOf(layer)
  }

  async *listLayers(): AsyncGenerator<LayerInfo> {
    for await (const layer of this.#layers.list()) yield infoOf(layer)
  }

  async removeLayer(diffId: Digest): Promise<void> {
    const user = this.#records.list().find((snapshot) => snapshot.layers.includes(diffId))
    if (user) {
      throw new CodedError(
        'failed-precondition',
        `Cannot remove layer ${diffId}: snapshot ${user.key} needs it`,
      )
    }
    this.#layers.remove(diffId)
    await this.#failpoint('snapshot.layer-discarded')
  }

  async prepare(key: string, layers: readonly Digest[]): Promise<void> {
    // Reserved before the layers are looked at: none of them can be removed any more then.
    const snapshot = this.#records.reserve(key, layers)
    try {
      const stored = await Promise.all(layers.map((diffId) => this.#layers.get(diffId)))
      this.#makeTop(snapshot, stored)
      await this.#records.save(key)
    } catch (error) {
      this.#records.release(key)
      this.#trash.discard(this.#records.topOf(key))
      throw error
    }
  }

  async mount(key: string, target: string): Promise<void> {
    const snapshot = this.#records.get(key)
    const layers = await Promise.all(snapshot.layers.map((diffId) => this.#layers.get(diffId)))
    const mounted = readMountTable()
    const place = realpathSync(target)
    const places = this.#placesOf(snapshot, mounted)
    if (places.includes(place)) return
    if (places.length > 0) {
      throw new CodedError(
        'failed-precondition',
        `Cannot mount snapshot ${key} at ${target}: it is mounted at ${places.join(', ')}`,
      )
    }
    this.#makeTop(snapshot, layers)
    try {
      const lowers = layers.map((layer) => this.#points.expose(layer, mounted)).toReversed()
      mountOverlay(this.#kernel, {
        lowers: lowers.length === 0 ? [this.#emptyLower] : lowers,
        top: { upper: snapshot.upper, work: this.#records.workOf(key) },
        target: place,
        runDirectory: this.#runDirectory,
      })
    } catch (error) {
      this.#hideUnusedLayers(mounted)
      throw mountFailure(snapshot, error)
    }
  }

  async unmount(key: string, target: string): Promise<void> {
    const snapshot = this.#records.find(key)
    if (!snapshot) return
    const place = existsSync(target) ? realpathSync(target) : target
    if (!this.#placesOf(snapshot, readMountTable()).includes(place)) return
    await unmountRoot(this.#kernel, place, this.#logger)
    this.#hideUnusedLayers(readMountTable())
  }

  async remove(key: string): Promise<void> {
    const snapshot = this.#records.find(key)
    if (!snapshot) return
    const [place] = this.#placesOf(snapshot, readMountTable())
    if (place !== undefined) {
      throw new CodedError('failed-precondition', `Cannot remove snapshot ${key}: it is mounted at ${place}`)
    }
    this.#records.delete(key)
    this.#trash.discard(this.#records.topOf(key))
  }

  async findSnapshot(key: string): Promise<SnapshotInfo | undefined> {
    return this.#records.find(key)
  }

  async *listSnapshots(): AsyncGenerator<SnapshotInfo> {
    yield* this.#records.list()
  }

  async viewLayers(layers: readonly Digest[]): Promise<TreeView> {
    return this.#view(await Promise.all(layers.map((diffId) => this.#layers.get(diffId))), [])
  }

  async viewSnapshot(key: string): Promise<TreeView> {
    const snapshot = this.#records.get(key)
    const layers = await Promise.all(snapshot.layers.map((diffId) => this.#layers.get(diffId)))
    const [place] = this.#placesOf(snapshot, readMountTable())
    if (place !== undefined) return openTreeView(place)
    this.#makeTop(snapshot, layers)
    return this.#view(layers, [snapshot.upper])
  }

  usage(key: string): Promise<{ sizeBytes: number; inodes: number }> {
    return diskUsage(this.#kernel, this.#records.get(key).upper)
  }

  /** Mounts stay: containers outlive the process that mounted their roots. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#trash[Symbol.asyncDispose]()
  }

  #recover(directory: string): void {
    mkdirSync(this.#emptyLower, { recursive: true, mode: 0o755 })
    const staged = join(directory, 'staged')
    for (const name of readdirSync(staged)) this.#trash.discard(join(staged, name))
    for (const path of this.#records.leftovers()) this.#trash.discard(path)
    this.#hideUnusedLayers(readMountTable())
    this.#trash.empty()
  }

  /**
   * Upper and work directory; the merged root takes owner and permissions of the upper one. Only the record is synced,
   * so what a power cut took of an empty top is made again.
   */
  #makeTop(snapshot: SnapshotInfo, layers: readonly StoredLayer[]): void {
    mkdirSync(this.#records.workOf(snapshot.key), { recursive: true, mode: 0o700 })
    if (existsSync(snapshot.upper)) return
    const { mode, uid, gid } = layers.at(-1)?.root ?? rootOfNoLayers
    mkdirSync(snapshot.upper, { mode: 0o700 })
    chownSync(snapshot.upper, uid, gid)
    chmodSync(snapshot.upper, mode)
  }

  /** Mounted for the moment that it takes to open it: what is held open needs no place. */
  #view(layers: readonly StoredLayer[], tops: readonly string[]): TreeView {
    if (layers.length + tops.length === 0) return openTreeView(this.#emptyLower)
    const mounted = readMountTable()
    const target = this.#points.freshPath()
    mkdirSync(target, { mode: 0o700 })
    try {
      const lowers = layers.map((layer) => this.#points.expose(layer, mounted)).toReversed()
      const trees = [...tops, ...lowers]
      // An overlay that cannot be written to takes at least two.
      mountOverlay(this.#kernel, {
        lowers: trees.length === 1 ? [...trees, this.#emptyLower] : trees,
        target,
        runDirectory: this.#runDirectory,
      })
      const view = openTreeView(target)
      this.#kernel.unmount(target, unmountFlags.noFollow | unmountFlags.detach)
      return view
    } finally {
      this.#points.hide(target)
      this.#hideUnusedLayers(mounted)
    }
  }

  #placesOf(snapshot: SnapshotInfo, mounted: readonly MountEntry[]): string[] {
    return mounted.filter((entry) => upperOf(entry) === snapshot.upper).map((entry) => entry.mountPoint)
  }

  #hideUnusedLayers(mounted: readonly MountEntry[]): void {
    const uppers = new Set(mounted.map(upperOf))
    const inUse = this.#records.list().filter((snapshot) => uppers.has(snapshot.upper))
    this.#points.hideUnused(inUse.flatMap((snapshot) => snapshot.layers))
  }
}

function upperOf(entry: MountEntry): string | undefined {
  return entry.type === 'overlay' ? mountOption(entry, 'upperdir') : undefined
}

function infoOf({ diffId, sizeBytes, format, directory }: StoredLayer): LayerInfo {
  return { diffId, sizeBytes, format, directory }
}

function mountFailure(snapshot: SnapshotInfo, error: unknown): CodedError {
  if (error instanceof CodedError) return error
  return new CodedError('internal', `Cannot mount snapshot ${snapshot.key}: ${messageOf(error)}`, {
    cause: error,
    hint: 'The last lines of `dmesg` say what the kernel refused.',
  })
}
