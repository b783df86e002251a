import { CodedError, noSpaceError } from '@berth/stdx'
import { digestAlgorithm, Digester, type Digest, type DigestAlgorithm } from '@berth/oci'
import type { IngestData } from './blob-storage.ts'
import type { ContentId, Ingest } from './content-store.ts'
import type { ContentFailpoint } from './failpoint.ts'

/** Registries name blobs by sha256; for any other algorithm the bytes are read once more at the end. */
const usualAlgorithm: DigestAlgorithm = 'sha256'

interface VerifiedIngestOptions {
  data: IngestData
  failpoint: ContentFailpoint
  /** Makes the synced data the blob `digest`. */
  publish: (digest: Digest) => Promise<void>
  /** What the writer holds; the ingest takes it over. */
  resources: AsyncDisposableStack
}

/** Hashes what earlier writers left, so that the ingest can go on from there. */
export async function openVerifiedIngest(options: VerifiedIngestOptions): Promise<Ingest> {
  const digester = await digestAll(options.data, usualAlgorithm)
  return new VerifiedIngest({ ...options, resources: options.resources.move() }, digester)
}

async function digestAll(data: IngestData, algorithm: DigestAlgorithm): Promise<Digester> {
  const digester = new Digester(algorithm)
  for await (const chunk of data.read()) digester.update(chunk)
  return digester
}

class VerifiedIngest implements Ingest {
  readonly #options: VerifiedIngestOptions
  readonly #data: IngestData
  #digester: Digester
  /** Why no more can be written: the state of the bytes is unknown, or they are a blob by now. */
  #ended: Error | undefined

  constructor(options: VerifiedIngestOptions, digester: Digester) {
    this.#options = options
    this.#data = options.data
    this.#digester = digester
  }

  get offset(): number {
    return this.#digester.sizeBytes
  }

  get path(): string | undefined {
    return this.#data.path
  }

  async write(chunk: Uint8Array): Promise<void> {
    await this.#step(async () => {
      // The write runs on another thread meanwhile.
      const written = this.#data.append(chunk)
      this.#digester.update(chunk)
      await written
      await this.#options.failpoint('content.chunk-written')
    })
  }

  async truncate(): Promise<void> {
    await this.#data.clear()
    this.#digester = new Digester(usualAlgorithm)
  }

  async commit(expected?: ContentId): Promise<ContentId> {
    const { digest, size } = expected ?? this.#asWritten()
    const problem = expected && (await this.#findMismatch(digest, size))
    if (problem !== undefined) {
      await this.truncate()
      throw new CodedError('data-loss', `Cannot verify ${digest}: ${problem}`)
    }
    await this.#step(async () => {
      await this.#data.sync()
      await this.#options.failpoint('content.data-synced')
      await this.#options.publish(digest)
    })
    this.#ended = new CodedError('failed-precondition', `Cannot write ingest of ${digest}: it is committed`)
    await this.#data.close()
    await this.#options.failpoint('content.ingest-removed')
    return { digest, size }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#options.resources.disposeAsync()
  }

  #asWritten(): ContentId {
    if (this.#ended) throw this.#ended
    return { size: this.offset, digest: this.#digester.digest() }
  }

  async #findMismatch(digest: Digest, size: number): Promise<string | undefined> {
    if (this.#ended) throw this.#ended
    if (this.offset !== size) return `got ${this.offset} of ${size} bytes`
    const algorithm = digestAlgorithm(digest)
    const digester = algorithm === usualAlgorithm ? this.#digester : await digestAll(this.#data, algorithm)
    const actual = digester.digest()
    return actual === digest ? undefined : `content has digest ${actual}`
  }

  /**
   * A full disk gets its bytes back at once. After any other failure the bytes on disk are a prefix of unknown length:
   * the next `openIngest` finds out.
   */
  async #step(action: () => Promise<void>): Promise<void> {
    if (this.#ended) throw this.#ended
    try {
      await action()
    } catch (error) {
      const noSpace = noSpaceError(error, 'write to the content store')
      if (noSpace) await this.truncate()
      else this.#ended = error instanceof Error ? error : new Error(String(error))
      throw noSpace ?? error
    }
  }
}
