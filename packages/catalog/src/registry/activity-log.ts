import { isCoded, messageOf, Semaphore, type Logger } from '@berth/stdx'
import type { RegistryNote } from '../catalog.ts'
import type { CatalogDatabase, CatalogWriter } from '../database/catalog-database.ts'
import { countPulls, recordDelete, recordPush } from './record-activity.ts'

/** Pulls are many and wait for each other; a push is to be seen at once. */
const pullsWaitMs = 2000
const retryMs = 5000
/** While the database is gone no more is remembered than this. */
const waitingMax = 10_000
const parallelMax = 8

export interface ActivityLogOptions {
  database: CatalogDatabase
  logger: Logger
  publicUrl: string
}

/** What the registry did, on its way into the database. */
export class ActivityLog {
  readonly #options: ActivityLogOptions
  readonly #turns = new Semaphore(parallelMax)
  #notes: RegistryNote[] = []
  #pulls = new Map<string, number>()
  #writing: Promise<void> = Promise.resolve()
  #timer: { handle: NodeJS.Timeout; dueAt: number } | undefined

  constructor(options: ActivityLogOptions) {
    this.#options = options
  }

  note(activity: RegistryNote): void {
    if (activity.kind === 'pull') this.#countPulls(activity.repository, 1)
    else this.#addNote(activity)
    this.#schedule(activity.kind === 'pull' ? pullsWaitMs : 0)
  }

  /** Ends when all that was noted before is in the database, or has failed and will be tried again. */
  flush(): Promise<void> {
    clearTimeout(this.#timer?.handle)
    this.#timer = undefined
    this.#writing = this.#writing.then(() => this.#writeAll())
    return this.#writing
  }

  async #writeAll(): Promise<void> {
    const [notes, pulls] = [this.#notes, this.#pulls]
    this.#notes = []
    this.#pulls = new Map()
    const pushed = Map.groupBy(notes, ({ repository }) => repository).values()
    await Promise.all(pushed.map((same) => this.#turns.run(() => this.#writeInOrder(same))))
    // After the pushes, which may have made what was pulled.
    await Promise.all(
      [...pulls].map(([repository, count]) => this.#turns.run(() => this.#writePulls(repository, count))),
    )
  }

  async #writeInOrder(notes: readonly RegistryNote[]): Promise<void> {
    for (const note of notes)
      await this.#write(
        (transaction) => this.#record(transaction, note),
        () => this.#addNote(note),
      )
  }

  #writePulls(repository: string, count: number): Promise<void> {
    return this.#write(
      (transaction) => countPulls(transaction, { repository, count }),
      () => this.#countPulls(repository, count),
    )
  }

  #record(transaction: CatalogWriter, note: RegistryNote): Promise<void> {
    return note.kind === 'push'
      ? recordPush(this.#options, transaction, note)
      : recordDelete(this.#options.database, transaction, note)
  }

  async #write(action: (transaction: CatalogWriter) => Promise<void>, putBack: () => void): Promise<void> {
    const { database, logger } = this.#options
    try {
      await database.write(action)
    } catch (error) {
      const isPassing = isCoded(error, 'unavailable')
      logger.warn('Cannot record what the registry did', { error: messageOf(error), again: isPassing })
      if (!isPassing) return
      putBack()
      this.#schedule(retryMs)
    }
  }

  #addNote(note: RegistryNote): void {
    if (this.#notes.length < waitingMax) this.#notes.push(note)
    else this.#options.logger.warn('Cannot record what the registry did', { repository: note.repository })
  }

  #countPulls(repository: string, count: number): void {
    if (this.#pulls.size >= waitingMax && !this.#pulls.has(repository)) return
    this.#pulls.set(repository, (this.#pulls.get(repository) ?? 0) + count)
  }

  #schedule(waitMs: number): void {
    const dueAt = performance.now() + waitMs
    if (this.#timer && this.#timer.dueAt <= dueAt) return
    clearTimeout(this.#timer?.handle)
    this.#timer = { handle: setTimeout(() => void this.flush(), waitMs), dueAt }
    // A program that ends flushes by itself.
    this.#timer.handle.unref()
  }
}
