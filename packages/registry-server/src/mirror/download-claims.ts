import { createHash } from 'node:crypto'
import type { Digest } from '@berth/oci'
import { isCoded, readBounded } from '@berth/stdx'
import type { Storage, UploadWriter } from '../storage/storage.ts'

const noteBytesMax = 64 * 1024

/** What who downloads a blob tells the others. */
export interface DownloadNote {
  /** The upload that grows. */
  uploadKey: string
  /** Of the whole blob; undefined when upstream does not tell. */
  sizeBytes?: number | undefined
}

/** The right to download one blob, held until it is disposed. */
export interface DownloadClaim extends AsyncDisposable {
  /** What a holder of before left when it ended in the middle. */
  left: DownloadNote | undefined
  announce(note: DownloadNote): Promise<void>
  /** Takes back what was announced: the blob is there, or will not be. */
  end(): Promise<void>
}

/**
 * Who downloads what, among all processes on one storage: a claim is an upload with one line for each announcement,
 * whose writer is who has the claim. So it ends with the process that held it, and what was announced is still there.
 */
export class DownloadClaims {
  readonly #storage: Storage

  constructor(storage: Storage) {
    this.#storage = storage
  }

  /** Undefined while another has it. */
  async claim(repository: string, digest: Digest): Promise<DownloadClaim | undefined> {
    const key = claimKey(repository, digest)
    const writer = await this.#openWriter(key)
    if (!writer) return undefined
    return {
      left: await this.#readNote(key),
      announce: (note) => writer.write(Buffer.from(`${JSON.stringify(note)}\n`)),
      end: () => this.#storage.deleteUpload(key),
      [Symbol.asyncDispose]: () => writer[Symbol.asyncDispose](),
    }
  }

  /** What the holder has announced so far. */
  read(repository: string, digest: Digest): Promise<DownloadNote | undefined> {
    return this.#readNote(claimKey(repository, digest))
  }

  async #openWriter(key: string): Promise<UploadWriter | undefined> {
    try {
      // There already is fine: somebody left it, or is about to have it.
      if (!(await this.#storage.findUpload(key))) await this.#storage.createUpload(key)
      return await this.#storage.appendUpload(key)
    } catch (error) {
      if (isCoded(error, 'conflict', 'already-exists', 'not-found')) return undefined
      throw error
    }
  }

  async #readNote(key: string): Promise<DownloadNote | undefined> {
    try {
      const bytes = await readBounded(await this.#storage.openUpload(key), noteBytesMax, 'note')
      // The last line may be about to be written.
      const line = Buffer.from(bytes).toString('utf8').split('\n').at(-2)
      return line === undefined ? undefined : (JSON.parse(line) as DownloadNote)
    } catch (error) {
      if (isCoded(error, 'not-found')) return undefined
      throw error
    }
  }
}

function claimKey(repository: string, digest: Digest): string {
  return `mirror-claim-${createHash('sha256').update(`${repository}@${digest}`).digest('hex')}`
}
