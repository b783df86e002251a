import { open, type FileHandle } from 'node:fs/promises'
import { systemCode } from '@berth/stdx'

/** One entry of Docker's json-file log: a line with its end, or a piece of a long one without. */
export interface LogEntry {
  log: string
  stream: 'stdout' | 'stderr'
  /** RFC 3339 with nanoseconds. */
  time: string
}

/** Longest entry that is read; what a monitor writes is far shorter. */
const entryBytesMax = 4 * 1024 * 1024
const chunkBytes = 64 * 1024
const newline = 0x0a

/** Entries of a log and where the next one begins; a torn last line waits until it is whole. */
export class LogFileReader implements AsyncDisposable {
  readonly path: string
  readonly #file: FileHandle
  readonly inode: number
  #offset = 0
  #rest: Buffer = Buffer.alloc(0)

  private constructor(path: string, file: FileHandle, inode: number) {
    this.path = path
    this.#file = file
    this.inode = inode
  }

  /** Undefined when there is no such file. */
  static async open(path: string): Promise<LogFileReader | undefined> {
    try {
      const file = await open(path, 'r')
      return new LogFileReader(path, file, (await file.stat()).ino)
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return undefined
      throw error
    }
  }

  /** Every whole entry that is there and was not read yet. */
  async *entries(): AsyncGenerator<LogEntry> {
    const chunk = Buffer.alloc(chunkBytes)
    for (;;) {
      const { bytesRead } = await this.#file.read(chunk, 0, chunkBytes, this.#offset)
      if (bytesRead === 0) return
      this.#offset += bytesRead
      yield* this.#split(Buffer.concat([this.#rest, chunk.subarray(0, bytesRead)]))
    }
  }

  *#split(bytes: Buffer): Generator<LogEntry> {
    let start = 0
    for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, start)) {
      const entry = parseEntry(bytes.subarray(start, end))
      if (entry) yield entry
      start = end + 1
    }
    const rest = bytes.subarray(start)
    this.#rest = rest.length > entryBytesMax ? Buffer.alloc(0) : rest
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close()
  }
}

/** A line that a crash tore is skipped: the ones after it still count. */
function parseEntry(line: Buffer): LogEntry | undefined {
  if (line.length === 0) return undefined
  try {
    return JSON.parse(line.toString('utf8')) as LogEntry
  } catch {
    return undefined
  }
}

/** Files of a log that still exist, oldest first: `path.N` … `path.1`, `path`. */
export async function logFiles(path: string, exists: (path: string) => Promise<boolean>): Promise<string[]> {
  const files = [path]
  for (let number = 1; await exists(`${path}.${number}`); number++) files.unshift(`${path}.${number}`)
  return files
}
