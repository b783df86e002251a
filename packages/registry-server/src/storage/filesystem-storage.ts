import type { Stats } from 'node:fs'
import {
  link,
  mkdir,
  open,
  opendir,
  readdir,
  readFile,
  rename,
  stat,
  writeFile,
  type FileHandle,
} from 'node:fs/promises'
import { randomUUID } from 'node:crypto'
import { dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { digestAlgorithm, digestHex, isDigest, type Digest } from '@berth/oci'
import { CodedError, syncDirectory, systemCode } from '@berth/stdx'
import { FilesystemUploadWriter } from './filesystem-upload-writer.ts'
import { checkLinks } from './check-links.ts'
import { lockFile } from './process-lock.ts'
import { removeFile } from './remove-file.ts'
import type { ByteRange, Storage, UploadWriter } from './storage.ts'

/** Measured: larger reads than Node's 64 KiB double the rate of a large blob over loopback. */
const readChunkBytes = 1024 * 1024

/**
 * Opens (and makes, when it is not there) a storage in `directory`: `blobs/<algorithm>/<2 hex>/<hex>`, `uploads/<key>`,
 * `quarantine/<algorithm>-<hex>`, `locks/<key>` while an upload is written to. Throws `failed-precondition` when its file
 * system has no links.
 */
export async function openFilesystemStorage(directory: string): Promise<Storage> {
  await mkdir(join(directory, 'uploads'), { recursive: true, mode: 0o700 })
  await mkdir(join(directory, 'blobs'), { recursive: true, mode: 0o700 })
  await mkdir(join(directory, 'quarantine'), { recursive: true, mode: 0o700 })
  await mkdir(join(directory, 'locks'), { recursive: true, mode: 0o700 })
  await checkLinks(join(directory, 'locks'))
  return new FilesystemStorage(directory)
}

class FilesystemStorage implements Storage {
  readonly #directory: string
  /** Directories of blobs that are known to be there and durable; there are 256 for each algorithm. */
  readonly #madeDirectories = new Set<string>()

  constructor(directory: string) {
    this.#directory = directory
  }

  findBlob(digest: Digest): Promise<{ sizeBytes: number } | undefined> {
    return findFile(this.#blobPath(digest))
  }

  async openBlob(digest: Digest, range?: ByteRange): Promise<Readable> {
    return streamFile(await this.openBlobFile(digest), range)
  }

  openBlobFile(digest: Digest): Promise<FileHandle> {
    return openFile(this.#blobPath(digest), `blob ${digest}`)
  }

  async readBlob(digest: Digest): Promise<Uint8Array> {
    try {
      return await readFile(this.#blobPath(digest))
    } catch (error) {
      throw asNotFound(error, `blob ${digest}`)
    }
  }

  async writeBlob(digest: Digest, bytes: Uint8Array): Promise<void> {
    if (await this.findBlob(digest)) return
    const path = this.#uploadPath(randomUUID())
    try {
      await writeFile(path, bytes, { flag: 'wx', mode: 0o600, flush: true })
      await this.#nameBlob(digest, (target) => rename(path, target))
    } catch (error) {
      await removeFile(path)
      throw error
    }
  }

  async deleteBlob(digest: Digest): Promise<void> {
    await removeFile(this.#blobPath(digest))
  }

  async quarantineBlob(digest: Digest): Promise<void> {
    const name = `${digestAlgorithm(digest)}-${digestHex(digest)}`
    try {
      await rename(this.#blobPath(digest), join(this.#directory, 'quarantine', name))
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw error
    }
  }

  async *listBlobs(): AsyncGenerator<Digest> {
    const blobs = join(this.#directory, 'blobs')
    for (const algorithm of await readdir(blobs)) {
      for (const prefix of await readdir(join(blobs, algorithm))) {
        for await (const { name } of await opendir(join(blobs, algorithm, prefix))) {
          const digest = `${algorithm}:${name}`
          if (isDigest(digest)) yield digest
        }
      }
    }
  }

  async createUpload(key: string): Promise<void> {
    try {
      await using _ = await open(this.#uploadPath(key), 'wx', 0o600)
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw error
      throw new CodedError('already-exists', 'Cannot create upload: it is there already', { cause: error })
    }
  }

  async findUpload(key: string): Promise<{ sizeBytes: number } | undefined> {
    const found = await findFile(this.#uploadPath(key))
    // Nothing is there while the disk is not: that must not look like an upload that has ended.
    if (!found) await stat(join(this.#directory, 'uploads'))
    return found
  }

  async openUpload(key: string, range?: ByteRange): Promise<Readable> {
    return streamFile(await openFile(this.#uploadPath(key), 'upload'), range)
  }

  async appendUpload(key: string): Promise<UploadWriter> {
    const path = this.#uploadPath(key)
    await using stack = new AsyncDisposableStack()
    stack.use(await lockFile(join(this.#directory, 'locks', key)))
    try {
      // Not 'a': that would make an upload that was cancelled anew.
      const file = await open(path, 'r+')
      stack.defer(() => file.close())
      const { size: sizeBytes, nlink } = await file.stat()
      const owned = stack.move()
      return new FilesystemUploadWriter(file, {
        sizeBytes,
        isCommitted: nlink > 1,
        commit: (digest) => this.#commitUpload(key, file, digest),
        delete: () => this.deleteUpload(key),
        close: () => owned.disposeAsync(),
      })
    } catch (error) {
      throw asNotFound(error, 'upload')
    }
  }

  async deleteUpload(key: string): Promise<void> {
    await removeFile(this.#uploadPath(key))
  }

  async *listUploads(): AsyncGenerator<{ key: string; modifiedAt: number }> {
    for await (const { name } of await opendir(join(this.#directory, 'uploads'))) {
      const found = await findStats(this.#uploadPath(name))
      if (found) yield { key: name, modifiedAt: found.mtimeMs }
    }
  }

  /** One file by two names, until the upload is deleted. */
  async #commitUpload(key: string, file: FileHandle, digest: Digest): Promise<void> {
    if (await this.findBlob(digest)) return
    try {
      await file.sync()
      await this.#nameBlob(digest, (target) => linkFile(this.#uploadPath(key), target))
    } catch (error) {
      throw asNotFound(error, 'upload')
    }
  }

  async #nameBlob(digest: Digest, name: (target: string) => Promise<void>): Promise<void> {
    const target = this.#blobPath(digest)
    await this.#makeBlobDirectory(dirname(target))
    await name(target)
    await syncDirectory(dirname(target))
  }

  async #makeBlobDirectory(directory: string): Promise<void> {
    if (this.#madeDirectories.has(directory)) return
    await mkdir(directory, { recursive: true, mode: 0o700 })
    await syncDirectory(dirname(directory))
    await syncDirectory(join(this.#directory, 'blobs'))
    this.#madeDirectories.add(directory)
  }

  #blobPath(digest: Digest): string {
    const hex = digestHex(digest)
    return join(this.#directory, 'blobs', digestAlgorithm(digest), hex.slice(0, 2), hex)
  }

  #uploadPath(key: string): string {
    if (!/^[\w-][\w.-]*$/.test(key))
      throw new CodedError('internal', 'Cannot use upload key: not a file name')
    return join(this.#directory, 'uploads', key)
  }
}

async function findFile(path: string): Promise<{ sizeBytes: number } | undefined> {
  const found = await findStats(path)
  return found && { sizeBytes: found.size }
}

async function findStats(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw error
  }
}

async function openFile(path: string, what: string): Promise<FileHandle> {
  try {
    return await open(path, 'r')
  } catch (error) {
    throw asNotFound(error, what)
  }
}

/** There already is success: another upload of the same bytes was faster. */
async function linkFile(path: string, target: string): Promise<void> {
  try {
    await link(path, target)
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error
  }
}

/** Closes the file at its end. */
function streamFile(file: FileHandle, range: ByteRange | undefined): Readable {
  return file.createReadStream({ highWaterMark: readChunkBytes, ...range })
}

function asNotFound(error: unknown, what: string): unknown {
  if (systemCode(error) !== 'ENOENT') return error
  return new CodedError('not-found', `Cannot open ${what}: not found`, { cause: error })
}
