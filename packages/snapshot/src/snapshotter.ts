import type { Digest } from '@berth/oci'

/**
 * Layers on disk and container roots on top of them.
 *
 * A *layer* is one changeset, known by its diffId; it is independent of what lies below it. A *snapshot* is the writable
 * top of one container: `key`, the layers below it, an upper and a work directory. A *mount* is a snapshot's merged view
 * at a path. Layers are mounted read-only once and shared by all snapshots that need them, counted.
 *
 * Lifecycle of a layer: `stageLayer()` gives an empty directory, the layer package writes into it in `layerFormat`, then
 * `commit(diffId)` makes it durable and visible, whole or not at all. Disposing without commit removes it.
 * Lifecycle of a snapshot: `prepare` → (`mount` → `unmount`)* → `remove`.
 */
export interface Snapshotter extends AsyncDisposable {
  readonly name: 'erofs' | 'overlay'
  /** How a layer must be written into a staged directory. */
  readonly layerFormat: LayerFormat
  stageLayer(): Promise<StagedLayer>
  findLayer(diffId: Digest): Promise<LayerInfo | undefined>
  listLayers(): AsyncIterable<LayerInfo>
  /** Removes a layer that no snapshot needs; throws `failed-precondition` when one does. */
  removeLayer(diffId: Digest): Promise<void>

  /** Makes the writable top `key` over `layers` (lowest first; may be empty). Durable. Throws `already-exists`, `not-found`. */
  prepare(key: string, layers: readonly Digest[]): Promise<void>
  /** Mounts the snapshot's merged view at `target`, an existing directory. Idempotent after a crash. */
  mount(key: string, target: string): Promise<void>
  /** Unmounts; the view and layers that nobody needs any more. Idempotent. */
  unmount(key: string, target: string): Promise<void>
  /** Removes the writable top. Idempotent; throws `failed-precondition` while mounted. */
  remove(key: string): Promise<void>
  findSnapshot(key: string): Promise<SnapshotInfo | undefined>
  listSnapshots(): AsyncIterable<SnapshotInfo>
  /** The merged view of layers alone (lowest first). The caller sees to it that none of them is removed meanwhile. */
  viewLayers(layers: readonly Digest[]): Promise<TreeView>
  /** The merged view of a snapshot, mounted or not; one that is mounted shows what is written meanwhile. */
  viewSnapshot(key: string): Promise<TreeView>
  /** Bytes and inodes that the writable top takes on disk. */
  usage(key: string): Promise<{ sizeBytes: number; inodes: number }>
}

/** A tree to read, for as long as it is not disposed. It has no path, and nothing of it outlives the process. */
export interface TreeView extends AsyncDisposable {
  /** Descriptor of the root directory. */
  readonly fd: number
}

/** `erofs`: `layer.tar` and `layer.erofs` in the directory. `tree`: the unpacked files under `tree/`, whiteouts as 0/0 devices. */
export type LayerFormat = 'erofs' | 'tree'

/** A layer in the making. Disposing removes what was not committed. */
export interface StagedLayer extends AsyncDisposable {
  /** Empty directory on the file system of the layers. */
  readonly directory: string
  /**
   * Makes the layer durable (fsync or syncfs, rename, fsync of the parent) under `diffId`. The format is found by what
   * lies in the directory, so a layer that EROFS cannot express may be staged as `tree`. Already there is success;
   * with `replaces` this one takes its place, for a layer that is broken. Roots that have it mounted must be mounted anew.
   */
  commit(layer: { diffId: Digest; sizeBytes: number; replaces?: boolean }): Promise<void>
}

export interface LayerInfo {
  diffId: Digest
  /** Size of the uncompressed tar. */
  sizeBytes: number
  format: LayerFormat
  /** What was staged, for readers that verify it. */
  directory: string
}

export interface SnapshotInfo {
  key: string
  layers: Digest[]
  /** Directory that holds the changes; entries follow overlayfs: 0/0 devices are whiteouts. */
  upper: string
}
