import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtemp, open, readFile, rm, type FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { FilesystemUploadWriter } from './filesystem-upload-writer.ts'

const fresh = { sizeBytes: 0, isCommitted: false }
const ending = { commit: async () => {}, delete: async () => {} }

async function withFile(action: (file: FileHandle, path: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'berth-writer-'))
  const path = join(directory, 'file')
  await using file = await open(path, 'w+')
  try {
    await action(file, path)
  } finally {
    await rm(directory, { recursive: true })
  }
}

test('write() keeps the order of bytes, however many come at once, beyond what is synced early', () =>
  withFile(async (file, path) => {
    const chunks = Array.from({ length: 700 }, (_, index) => randomBytes(1 + ((index * 7919) % 65_536)))
    const writer = new FilesystemUploadWriter(file, { ...fresh, ...ending, close: async () => {} })
    const all = Buffer.concat(chunks)
    for (const [index, chunk] of chunks.entries()) {
      const written = writer.write(chunk)
      if (index % 3 === 0) await written
    }
    await writer.flush()
    assert.ok(
      chunks.every(({ length }) => length === 0),
      'their memory is free',
    )
    assert.ok(all.length > 20_000_000)
    assert.equal(writer.sizeBytes, all.length)
    assert.ok((await readFile(path)).equals(all))
    await writer[Symbol.asyncDispose]()
  }))

test('write() gives the rest again when the disk takes a part', () =>
  withFile(async (file, path) => {
    const writev = (chunks: Uint8Array[], position: number) =>
      file.write(Buffer.concat(chunks).subarray(0, 10), 0, undefined, position)
    const partial = { writev } as unknown as FileHandle
    const writer = new FilesystemUploadWriter(partial, { ...fresh, ...ending, close: async () => {} })
    const bytes = randomBytes(95)
    await writer.write(Buffer.from(bytes))
    await writer.flush()
    assert.deepEqual(await readFile(path), bytes)
    await writer[Symbol.asyncDispose]()
  }))

test('a failure is told once, nothing is written behind it, and the file is closed', async () => {
  let closed = 0
  let writes = 0
  const failing = {
    writev: async () => {
      writes++
      throw Object.assign(new Error('full'), { code: 'ENOSPC' })
    },
  } as unknown as FileHandle
  const close = async () => void closed++
  const writer = new FilesystemUploadWriter(failing, { ...fresh, sizeBytes: 5, ...ending, close })
  await writer.write(Buffer.alloc(10))
  await writer.write(Buffer.alloc(10))
  await assert.rejects(writer.commit('sha256:x' as never), { code: 'ENOSPC' })
  await writer[Symbol.asyncDispose]()
  assert.deepEqual([writes, closed], [1, 1])

  const unheard = new FilesystemUploadWriter(failing, { ...fresh, sizeBytes: 5, ...ending, close })
  await unheard.write(Buffer.alloc(10))
  await assert.rejects(unheard[Symbol.asyncDispose](), { code: 'ENOSPC' })
  assert.equal(closed, 2)
})
