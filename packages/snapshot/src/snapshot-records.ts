import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { CodedError, messageOf, writeFileAtomic, type Logger } from '@berth/stdx'
import type { Digest } from '@berth/oci'
import type { SnapshotInfo } from './snapshotter.ts'

/** Keys are names of directories here and stand beside `<key>.json`: no dots. */
const keyPattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/
const suffix = '.json'

/** Which snapshots there are and over which layers, as `<directory>/<key>.json`, with the top in `<directory>/<key>/`. */
export class SnapshotRecords {
  readonly #directory: string
  readonly #records = new Map<string, SnapshotInfo>()

  constructor(directory: string, logger: Logger) {
    this.#directory = directory
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    for (const name of readdirSync(directory)) {
      if (name.endsWith(suffix)) this.#load(name.slice(0, -suffix.length), logger)
    }
  }

  find(key: string): SnapshotInfo | undefined {
    return this.#records.get(key)
  }

  get(key: string): SnapshotInfo {
    const record = this.#records.get(key)
    if (!record) throw new CodedError('not-found', `No such snapshot: ${key}`)
    return record
  }

  list(): SnapshotInfo[] {
    return [...this.#records.values()]
  }

  topOf(key: string): string {
    return join(this.#directory, key)
  }

  workOf(key: string): string {
    return join(this.topOf(key), 'work')
  }

  /** The key is taken, and its layers held, from now on; `save` makes it durable. */
  reserve(key: string, layers: readonly Digest[]): SnapshotInfo {
    if (!keyPattern.test(key)) {
      throw new CodedError(
        'invalid-argument',
        `Cannot prepare snapshot ${JSON.stringify(key)}: not a valid key`,
      )
    }
    if (this.#records.has(key))
      throw new CodedError('already-exists', `Cannot prepare snapshot ${JSON.stringify(key)}: it exists`)
    return this.#add(key, layers)
  }

  /** Durable when it resolves: the record, and with its directory also the name of the top. */
  async save(key: string): Promise<void> {
    await writeFileAtomic(this.#pathOf(key), JSON.stringify({ layers: this.get(key).layers }))
  }

  /** Not made durable: after a power cut the snapshot may be back, and is removed again by who does not know it. */
  delete(key: string): void {
    this.#records.delete(key)
    rmSync(this.#pathOf(key), { force: true })
  }

  release(key: string): void {
    this.#records.delete(key)
  }

  /** Paths of what crashes left half-made: tops without a record, records not yet renamed. */
  leftovers(): string[] {
    const names = readdirSync(this.#directory)
    const keys = new Set(
      names.filter((name) => name.endsWith(suffix)).map((name) => name.slice(0, -suffix.length)),
    )
    return names
      .filter((name) => !name.endsWith(suffix) && !keys.has(name))
      .map((name) => join(this.#directory, name))
  }

  #pathOf(key: string): string {
    return join(this.#directory, `${key}${suffix}`)
  }

  #add(key: string, layers: readonly Digest[]): SnapshotInfo {
    const record = { key, layers: [...layers], upper: join(this.topOf(key), 'upper') }
    this.#records.set(key, record)
    return record
  }

  #load(key: string, logger: Logger): void {
    try {
      const { layers } = JSON.parse(readFileSync(this.#pathOf(key), 'utf8')) as { layers: Digest[] }
      this.#add(key, layers)
    } catch (error) {
      logger.error('snapshot: cannot read record', { key, error: messageOf(error) })
    }
  }
}
