import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { settleAll, silentLogger, type Logger } from '@berth/stdx'
import { digestOf, type Digest } from '@berth/oci'
import { linuxKernel, unmountFlags } from '@berth/syscalls'
import { readMountTable, type MountEntry } from '../mount-table.ts'
import type { Snapshotter } from '../snapshotter.ts'
import type { LayerEntry } from './layer-entry.ts'

/** What the suite needs to know of an implementation. */
export interface SnapshotterUnderTest {
  open(options: { directory: string; runDirectory: string; logger: Logger }): Promise<Snapshotter>
  /** Writes a layer into a staged directory, in the snapshotter's format. */
  writeLayer(entries: readonly LayerEntry[], directory: string): Promise<void>
}

/** Directories of a test, and the snapshotter in them. Disposing unmounts and deletes everything. */
export class TestPlace implements AsyncDisposable {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), 'berth-snapshot-')))
  readonly directory = join(this.root, 'data')
  readonly runDirectory = join(this.root, 'run')
  readonly warnings: string[] = []
  snapshotter!: Snapshotter
  readonly #opened: Snapshotter[] = []
  readonly #subject: SnapshotterUnderTest

  static async open(subject: SnapshotterUnderTest): Promise<TestPlace> {
    const place = new TestPlace(subject)
    await place.reopen()
    return place
  }

  private constructor(subject: SnapshotterUnderTest) {
    this.#subject = subject
  }

  /** Opens another snapshotter, as a new process would; the one before is left as a killed process leaves it. */
  async reopen(): Promise<Snapshotter> {
    const warn = (message: string) => void this.warnings.push(message)
    const logger: Logger = { ...silentLogger, warn, error: warn }
    this.snapshotter = await this.#subject.open({
      directory: this.directory,
      runDirectory: this.runDirectory,
      logger,
    })
    this.#opened.push(this.snapshotter)
    return this.snapshotter
  }

  /** Commits a layer; its diffId is made of its entries. */
  async addLayer(entries: readonly LayerEntry[]): Promise<Digest> {
    const diffId = digestOf(JSON.stringify(entries))
    await using staged = await this.snapshotter.stageLayer()
    await this.#subject.writeLayer(entries, staged.directory)
    await staged.commit({ diffId, sizeBytes: 1024 })
    return diffId
  }

  /** Prepares and mounts a snapshot; returns its root. */
  async mount(key: string, layers: readonly Digest[]): Promise<string> {
    await this.snapshotter.prepare(key, layers)
    const target = this.makeTarget(key)
    await this.snapshotter.mount(key, target)
    return target
  }

  makeTarget(name: string): string {
    const target = join(this.root, 'roots', name)
    mkdirSync(target, { recursive: true })
    return target
  }

  mounts(): MountEntry[] {
    return readMountTable().filter((entry) => entry.mountPoint.startsWith(`${this.root}/`))
  }

  /** Names of mounted layers, or of what is left of them. */
  points(): string[] {
    return readdirSync(join(this.runDirectory, 'layers'))
  }

  /** Waits until what was removed is deleted. */
  async emptyTrash(): Promise<void> {
    for (let tries = 0; readdirSync(join(this.directory, 'trash')).length > 0; tries++) {
      if (tries === 500)
        throw new Error(`still in the trash: ${readdirSync(join(this.directory, 'trash')).join(', ')}`)
      await sleep(10)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const mounts = this.mounts().toReversed()
    await settleAll([
      ...this.#opened.map((snapshotter) => () => snapshotter[Symbol.asyncDispose]()),
      ...mounts.map((entry) => () => linuxKernel.unmount(entry.mountPoint, unmountFlags.detach)),
      () => rmSync(this.root, { recursive: true, force: true, maxRetries: 3 }),
    ])
  }
}
