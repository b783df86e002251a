import { mkdir, open, opendir, rm, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { CodedError, syncDirectory, systemCode } from '@berth/stdx'
import { digestAlgorithm, digestHex, isDigest, type Digest } from '@berth/oci'
import type { BlobStorage, IngestData } from './blob-storage.ts'
import type { BlobInfo } from './content-store.ts'
import type { ContentFailpoint } from './failpoint.ts'
import { ingestDirectoryName, openFileIngest } from './file-ingest.ts'
import { readFileChunks } from './read-file-chunks.ts'

const algorithms = ['sha256', 'sha512'] as const

/** Blobs as `<directory>/blobs/<algorithm>/<hex>`, ingests as `<directory>/ingests/<sha256 of ref>/{data,ref}`; transient ones have no `ref`. */
export async function openFileStorage(directory: string, failpoint: ContentFailpoint): Promise<BlobStorage> {
  await mkdir(join(directory, 'ingests'), { recursive: true, mode: 0o700 })
  for (const algorithm of algorithms) {
    await mkdir(join(directory, 'blobs', algorithm), { recursive: true, mode: 0o700 })
  }
  await syncDirectory(join(directory, 'blobs'))
  await syncDirectory(directory)
  await deleteVoidIngests(join(directory, 'ingests'))
  return new FileStorage(directory, failpoint)
}

/** What can be gone on with says whose it is, and has bytes. The rest an earlier process left when it was killed. */
async function deleteVoidIngests(directory: string): Promise<void> {
  const files = ['ref', 'data']
  for await (const { name } of await opendir(directory)) {
    const paths = files.map((file) => join(directory, name, file))
    const found = await Promise.all(paths.map((path) => orMissing(() => stat(path))))
    if (found.includes(undefined)) await rm(join(directory, name), { recursive: true, force: true })
  }
}

class FileStorage implements BlobStorage {
  readonly #directory: string
  readonly #failpoint: ContentFailpoint

  constructor(directory: string, failpoint: ContentFailpoint) {
    this.#directory = directory
    this.#failpoint = failpoint
  }

  path(digest: Digest): string {
    return join(this.#directory, 'blobs', digestAlgorithm(digest), digestHex(digest))
  }

  async find(digest: Digest): Promise<BlobInfo | undefined> {
    const sizeBytes = await orMissing(async () => (await stat(this.path(digest))).size)
    return sizeBytes === undefined ? undefined : { digest, sizeBytes }
  }

  async *read(digest: Digest, start: number, signal?: AbortSignal): AsyncIterable<Uint8Array> {
    await using file = await orMissing(() => open(this.path(digest), 'r'))
    if (!file) throw new CodedError('not-found', `Cannot read blob ${digest}: not in the content store`)
    const { size } = await file.stat()
    if (start > size)
      throw new CodedError('invalid-argument', `Cannot read blob ${digest}: it ends at byte ${size}`)
    yield* readFileChunks(file, start, signal)
  }

  async *list(): AsyncIterable<BlobInfo> {
    for (const algorithm of algorithms) {
      for await (const entry of await opendir(join(this.#directory, 'blobs', algorithm))) {
        const digest = `${algorithm}:${entry.name}`
        const found = isDigest(digest) ? await this.find(digest) : undefined
        if (found) yield found
      }
    }
  }

  async delete(digest: Digest): Promise<void> {
    await orMissing(() => unlink(this.path(digest)))
  }

  async openIngest(ref: string, { transient }: { transient: boolean }): Promise<IngestData> {
    return openFileIngest(this.#ingestDirectory(ref), {
      ref,
      transient,
      failpoint: this.#failpoint,
      blobPath: (digest) => this.path(digest),
    })
  }

  async deleteIdleIngests(idleSince: number, openRefs: ReadonlySet<string>): Promise<number> {
    const open = new Set([...openRefs].map((ref) => ingestDirectoryName(ref)))
    let freedBytes = 0
    for await (const entry of await opendir(join(this.#directory, 'ingests'))) {
      if (open.has(entry.name)) continue
      const path = join(this.#directory, 'ingests', entry.name)
      const data = (await orMissing(() => stat(join(path, 'data')))) ?? (await stat(path))
      if (data.mtimeMs > idleSince) continue
      await rm(path, { recursive: true, force: true })
      if (data.isFile()) freedBytes += data.size
    }
    return freedBytes
  }

  #ingestDirectory(ref: string): string {
    return join(this.#directory, 'ingests', ingestDirectoryName(ref))
  }
}

async function orMissing<T>(action: () => Promise<T>): Promise<T | undefined> {
  try {
    return await action()
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw error
  }
}
