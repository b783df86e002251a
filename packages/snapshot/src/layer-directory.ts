import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, statSync } from 'node:fs'
import { mkdir, opendir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CodedError, messageOf, syncDirectory, systemCode } from '@berth/stdx'
import { digestAlgorithm, digestHex, isDigest, type Digest } from '@berth/oci'
import type { SnapshotFailpoint } from './failpoint.ts'
import { layerRecordName, type LayerFormats } from './layer-formats.ts'
import type { LayerPlace, LayerPoints } from './layer-points.ts'
import type { LayerFormat, LayerInfo, StagedLayer } from './snapshotter.ts'
import type { Trash } from './trash.ts'

const algorithms = ['sha256', 'sha512'] as const

/** Owner and permissions of a layer's root directory. */
export interface RootAttributes {
  mode: number
  uid: number
  gid: number
}

/** What `layer.json` holds. */
interface LayerRecord {
  sizeBytes: number
  format: LayerFormat
  root: RootAttributes
}

export interface StoredLayer extends LayerInfo, LayerPlace, LayerRecord {}

/** Of a layer that was mounted to look at it; the mount goes while the layer is made durable. */
interface ReadRoot {
  root: RootAttributes
  hidden: Promise<void>
}

interface LayerDirectoryOptions {
  directory: string
  formats: LayerFormats
  /** Formats that this kernel can mount; layers of another are as good as missing. */
  usable: readonly LayerFormat[]
  points: LayerPoints
  trash: Trash
  failpoint: SnapshotFailpoint
}

/** Layers as `layers/<algorithm>/<hex>/`, and `staged/` for those in the making. */
export class LayerDirectory {
  readonly #options: LayerDirectoryOptions
  /** What was read once; layers do not change. */
  readonly #known = new Map<Digest, StoredLayer>()

  constructor(options: LayerDirectoryOptions) {
    this.#options = options
    mkdirSync(join(options.directory, 'staged'), { recursive: true, mode: 0o700 })
    for (const algorithm of algorithms) {
      mkdirSync(join(options.directory, 'layers', algorithm), { recursive: true, mode: 0o700 })
    }
  }

  async find(diffId: Digest): Promise<StoredLayer | undefined> {
    const layer = this.#known.get(diffId) ?? (await this.#read(diffId))
    if (!layer || !this.#options.usable.includes(layer.format)) return undefined
    this.#known.set(diffId, layer)
    return layer
  }

  async get(diffId: Digest): Promise<StoredLayer> {
    const layer = await this.find(diffId)
    if (!layer) throw new CodedError('not-found', `No such layer: ${diffId}`)
    return layer
  }

  async *list(): AsyncGenerator<StoredLayer> {
    for (const algorithm of algorithms) {
      for await (const entry of await opendir(join(this.#options.directory, 'layers', algorithm))) {
        const digest = `${algorithm}:${entry.name}`
        const layer = isDigest(digest) ? await this.find(digest) : undefined
        if (layer) yield layer
      }
    }
  }

  async stage(): Promise<StagedLayer> {
    const directory = join(this.#options.directory, 'staged', randomUUID())
    await mkdir(directory, { mode: 0o700 })
    await this.#options.failpoint('snapshot.layer-staged')
    return {
      directory,
      commit: (layer) => this.#commit(directory, layer),
      [Symbol.asyncDispose]: async () => this.#options.trash.discard(directory),
    }
  }

  /** At once, so that nothing of this process comes between its caller's checks and the removal. */
  remove(diffId: Digest): void {
    this.#options.points.hide(this.#options.points.pathOf(diffId))
    this.#known.delete(diffId)
    this.#options.trash.discard(this.#pathOf(diffId))
  }

  #pathOf(diffId: Digest): string {
    return join(this.#options.directory, 'layers', digestAlgorithm(diffId), digestHex(diffId))
  }

  async #read(diffId: Digest): Promise<StoredLayer | undefined> {
    const directory = this.#pathOf(diffId)
    try {
      const record = JSON.parse(await readFile(join(directory, layerRecordName), 'utf8')) as LayerRecord
      return { ...record, diffId, directory }
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return undefined
      throw error
    }
  }

  async #commit(
    staged: string,
    { diffId, sizeBytes, replaces = false }: Parameters<StagedLayer['commit']>[0],
  ): Promise<void> {
    if (!replaces && (await this.find(diffId))) return
    const { formats, failpoint } = this.#options
    const format = this.#formatOf(staged)
    const { root, hidden } = this.#tryReadRoot(diffId, staged, format)
    const record: LayerRecord = { sizeBytes, format, root }
    // Not seen before the whole directory is: it is made durable with the rest.
    await writeFile(join(staged, layerRecordName), JSON.stringify(record), { mode: 0o600 })
    await failpoint('snapshot.layer-recorded')
    await Promise.all([formats[format].sync(staged), hidden])
    await failpoint('snapshot.layer-synced')
    // Whole layers in a format that this kernel cannot mount make room.
    if (replaces || !(await this.find(diffId))) this.remove(diffId)
    await failpoint('snapshot.layer-cleared')
    await this.#publish(staged, this.#pathOf(diffId))
  }

  /** Somebody else's layer of the same digest, committed meanwhile, is as good. */
  async #publish(staged: string, path: string): Promise<void> {
    try {
      await rename(staged, path)
    } catch (error) {
      if (systemCode(error) !== 'ENOTEMPTY' && systemCode(error) !== 'EEXIST') throw error
    }
    await this.#options.failpoint('snapshot.layer-renamed')
    await syncDirectory(join(path, '..'))
    await this.#options.failpoint('snapshot.layer-published')
  }

  #formatOf(directory: string): LayerFormat {
    for (const format of this.#options.usable) {
      if (existsSync(join(directory, this.#options.formats[format].marker))) return format
    }
    throw new CodedError(
      'invalid-argument',
      `Cannot commit layer: ${directory} holds none of the known formats`,
    )
  }

  /** What the kernel refuses is found now and not when a container starts. */
  #tryReadRoot(diffId: Digest, directory: string, format: LayerFormat): ReadRoot {
    try {
      return this.#readRoot(directory, format)
    } catch (error) {
      throw new CodedError('data-loss', `Cannot commit layer ${diffId}: ${messageOf(error)}`, {
        cause: error,
      })
    }
  }

  #readRoot(directory: string, format: LayerFormat): ReadRoot {
    const { formats, points } = this.#options
    const point = points.freshPath()
    try {
      const { mode, uid, gid } = statSync(formats[format].expose(directory, point, []))
      const hidden = points.hideInBackground(point)
      // Awaited with the sync; a failure until then is not unhandled.
      hidden.catch(() => {})
      return { root: { mode: mode & 0o7777, uid, gid }, hidden }
    } catch (error) {
      points.hide(point)
      throw error
    }
  }
}
