import { messageOf } from '@berth/stdx'
import { open, rename, rm } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'

const fileMode = 0o640

export interface RotatingFileOptions {
  path: string
  /** A line that finds the file at this size begins a new one; 0 or less for no limit. */
  maxSizeBytes: number
  /** How many files are kept, the current one counted. */
  maxFiles: number
  onError: (message: string) => void
}

interface Line {
  text: string
  sizeBytes: number
}

/** Appends lines to a file and renames it to `path.1`, `path.2`, … when it is full. */
export class RotatingFile {
  readonly #options: RotatingFileOptions
  #queue: Line[] = []
  #queuedBytes = 0
  #file: FileHandle | undefined
  #sizeBytes = 0
  #writing: Promise<void> | undefined

  constructor(options: RotatingFileOptions) {
    this.#options = options
  }

  get queuedBytes(): number {
    return this.#queuedBytes
  }

  append(text: string): void {
    const sizeBytes = Buffer.byteLength(text)
    this.#queue.push({ text, sizeBytes })
    this.#queuedBytes += sizeBytes
    this.#writing ??= this.#drain()
  }

  /** Resolves when everything appended so far has been handed to the kernel. */
  async flush(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing
  }

  async close(): Promise<void> {
    await this.flush()
    await this.#file?.close()
    this.#file = undefined
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0) {
      try {
        await this.#writeSome()
      } catch (error) {
        // A full disk must not stop the container: these lines are lost, and it is said.
        this.#options.onError(`Cannot write log ${this.#options.path}: ${messageOf(error)}`)
        await this.#file?.close().catch(() => undefined)
        this.#file = undefined
      }
    }
    this.#writing = undefined
  }

  async #writeSome(): Promise<void> {
    const lines = this.#queue
    this.#queue = []
    this.#queuedBytes = 0
    for (let at = 0; at < lines.length;) {
      const file = await this.#current()
      const end = this.#fitting(lines, at)
      const texts = lines.slice(at, end).map((line) => line.text)
      await file.appendFile(texts.join(''))
      at = end
    }
  }

  /** How far `lines` go into the current file, whose size grows by them. */
  #fitting(lines: readonly Line[], from: number): number {
    let end = from
    do this.#sizeBytes += lines[end++]?.sizeBytes ?? 0
    while (end < lines.length && !this.#isFull)
    return end
  }

  get #isFull(): boolean {
    return this.#options.maxSizeBytes > 0 && this.#sizeBytes >= this.#options.maxSizeBytes
  }

  async #current(): Promise<FileHandle> {
    this.#file ??= await this.#open()
    if (!this.#isFull) return this.#file
    await this.#file.close()
    this.#file = undefined
    await this.#rotate()
    this.#file = await this.#open()
    return this.#file
  }

  async #open(): Promise<FileHandle> {
    const file = await open(this.#options.path, 'a', fileMode)
    this.#sizeBytes = (await file.stat()).size
    return file
  }

  async #rotate(): Promise<void> {
    const { path, maxFiles } = this.#options
    if (maxFiles < 2) return rm(path, { force: true })
    for (let number = maxFiles - 1; number > 0; number--) {
      await renameIfExists(number === 1 ? path : `${path}.${number - 1}`, `${path}.${number}`)
    }
  }
}

async function renameIfExists(from: string, to: string): Promise<void> {
  try {
    await rename(from, to)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}
