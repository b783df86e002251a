import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { manifestBytesMax, type Descriptor, type Digest } from '@berth/oci'
import { makeDirectory, readBounded, syncDirectory, systemCode, writeFileAtomic } from '@berth/stdx'
import { fileFailure } from './file-failure.ts'
import type { ImageSource } from './image-source.ts'
import type { BlobToWrite, ImageTarget, WriteBlobOptions } from './image-target.ts'
import { addToLayout, blobPath, findInLayout, layoutNames, markerText } from './layout.ts'

/** An image in an OCI layout on disk, by its name there. */
export function layoutSource(directory: string, name: string | undefined): ImageSource {
  const read = (path: string, start?: number) => readStored(join(directory, path), start)
  const readDocument = ({ digest }: Pick<Descriptor, 'digest'>) =>
    readBounded(read(blobPath(digest)), manifestBytesMax, `manifest ${digest}`)
  return {
    origin: undefined,
    async readRoot() {
      const index = await readBounded(read(layoutNames.index), manifestBytesMax, layoutNames.index)
      const descriptor = findInLayout(index, name)
      return { descriptor, bytes: await readDocument(descriptor) }
    },
    readDocument,
    readBlob: ({ digest }, { start }) => read(blobPath(digest), start),
    async [Symbol.asyncDispose]() {},
  }
}

/** The bytes of a file from `start` on; it is opened when the first are asked for. */
export async function* readStored(path: string, start = 0): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(path, { start }) as AsyncIterable<Uint8Array>
  } catch (error) {
    throw fileFailure(`read ${path}`, error)
  }
}

/** A name in an OCI layout on disk, which is made when it is not there. Whatever else is in it stays. */
export function layoutTarget(directory: string, name: string | undefined): ImageTarget {
  const store = (digest: Digest) => join(directory, blobPath(digest))
  const writeDocument: ImageTarget['writeDocument'] = async ({ descriptor, bytes }) => {
    await makeFolder(dirname(store(descriptor.digest)))
    await writeFileAtomic(store(descriptor.digest), bytes)
  }
  return {
    writeBlob: (blob, options) => writeBlob(store(blob.descriptor.digest), blob, options),
    writeDocument,
    async writeRoot(document) {
      await writeDocument(document)
      await writeFileAtomic(join(directory, layoutNames.marker), markerText)
      const path = join(directory, layoutNames.index)
      await writeFileAtomic(path, addToLayout(await readIndex(path), document.descriptor, name))
    },
    async [Symbol.asyncDispose]() {},
  }
}

async function readIndex(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw error
  }
}

async function writeBlob(
  path: string,
  { descriptor, open: openBody }: BlobToWrite,
  { signal, onProgress }: WriteBlobOptions,
): Promise<boolean> {
  if (await isThere(path, descriptor.size)) return false
  await makeFolder(dirname(path))
  const temporary = `${path}.${randomUUID()}.tmp`
  try {
    await using file = await open(temporary, 'wx')
    let written = 0
    for await (const piece of openBody(0)) {
      signal?.throwIfAborted()
      await file.writeFile(piece)
      onProgress((written += piece.length))
    }
    await file.sync()
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  await syncDirectory(dirname(path))
  return true
}

async function makeFolder(path: string): Promise<void> {
  try {
    await makeDirectory(path)
  } catch (error) {
    throw fileFailure(`write to ${path}`, error)
  }
}

async function isThere(path: string, size: number): Promise<boolean> {
  try {
    return (await stat(path)).size === size
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false
    throw error
  }
}
