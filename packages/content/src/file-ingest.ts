import { constants } from 'node:fs'
import { mkdir, open, rename, rm, writeFile, type FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { EarlySync, syncDirectory, systemCode } from '@berth/stdx'
import { digestHex, digestOf, type Digest } from '@berth/oci'
import type { IngestData } from './blob-storage.ts'
import type { ContentFailpoint } from './failpoint.ts'
import { readFileChunks } from './read-file-chunks.ts'

interface FileIngestOptions {
  ref: string
  transient: boolean
  failpoint: ContentFailpoint
  blobPath: (digest: Digest) => string
}

/** A ref is any text: its digest is what fits a file name. */
export function ingestDirectoryName(ref: string): string {
  return digestHex(digestOf(ref))
}

export async function openFileIngest(directory: string, options: FileIngestOptions): Promise<IngestData> {
  await makeDirectory(directory)
  if (!options.transient) await writeFile(join(directory, 'ref'), options.ref, { mode: 0o600 })
  await using opened = new AsyncDisposableStack()
  const file = opened.use(await open(join(directory, 'data'), constants.O_RDWR | constants.O_CREAT, 0o600))
  const { size } = await file.stat()
  await options.failpoint('content.ingest-opened')
  opened.move()
  return new FileIngest(file, size, { ...options, directory })
}

/** Not recursive: that tells a read-only disk as a directory that is missing. */
async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 })
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error
  }
}

class FileIngest implements IngestData {
  readonly path: string
  sizeBytes: number
  readonly #options: FileIngestOptions & { directory: string }
  /** Undefined once the bytes are a blob's or the writer has gone: no way is left to touch them. */
  #file: FileHandle | undefined
  readonly #earlySync: EarlySync

  constructor(file: FileHandle, sizeBytes: number, options: FileIngestOptions & { directory: string }) {
    this.#file = file
    this.#earlySync = new EarlySync(file)
    this.sizeBytes = sizeBytes
    this.#options = options
    this.path = join(options.directory, 'data')
  }

  async *read(): AsyncIterable<Uint8Array> {
    yield* readFileChunks(this.#opened(), 0)
  }

  async append(chunk: Uint8Array): Promise<void> {
    const file = this.#opened()
    const start = this.sizeBytes
    this.sizeBytes += chunk.length
    let done = 0
    while (done < chunk.length) {
      const { bytesWritten } = await file.write(chunk, done, chunk.length - done, start + done)
      done += bytesWritten
    }
    this.#earlySync.wrote(chunk.length)
  }

  async clear(): Promise<void> {
    await this.#file?.truncate(0)
    this.sizeBytes = 0
  }

  async sync(): Promise<void> {
    await this.#earlySync.settle()
    await this.#opened().sync()
  }

  async publish(digest: Digest): Promise<void> {
    const { blobPath, failpoint } = this.#options
    await rename(this.path, blobPath(digest))
    await this.#closeFile()
    this.sizeBytes = 0
    await failpoint('content.data-renamed')
    await syncDirectory(dirname(blobPath(digest)))
    await failpoint('content.directory-synced')
  }

  async close(): Promise<void> {
    await this.#closeFile()
    const isVoid = this.sizeBytes === 0 || this.#options.transient
    if (isVoid) await rm(this.#options.directory, { recursive: true, force: true })
  }

  #opened(): FileHandle {
    if (!this.#file) throw new Error(`Cannot use ingest ${JSON.stringify(this.#options.ref)}: it is closed`)
    return this.#file
  }

  async #closeFile(): Promise<void> {
    const file = this.#file
    this.#file = undefined
    await file?.close()
  }
}
