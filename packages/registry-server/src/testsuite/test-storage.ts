import assert from 'node:assert/strict'
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { describe, test } from 'node:test'
import { digestOf, type Digest } from '@berth/oci'
import type { Storage } from '../storage/storage.ts'

/** What every storage does. `open` is given an empty directory, and the same one again to open what is in it. */
export function testStorage(name: string, open: (directory: string) => Promise<Storage>): void {
  const withStorage =
    (action: (storage: Storage, reopen: () => Promise<Storage>) => Promise<void>) => async () => {
      const directory = await mkdtemp(join(tmpdir(), 'berth-storage-'))
      try {
        await action(await open(directory), () => open(directory))
      } finally {
        await rm(directory, { recursive: true })
      }
    }

  describe(`storage: ${name}`, () => {
    test(
      'writeBlob() keeps bytes, whole and by range, also for the next process',
      withStorage(async (storage, reopen) => {
        const bytes = randomBytes(3_000_000)
        for (const algorithm of ['sha256', 'sha512'] as const) {
          const digest = digestOf(bytes, algorithm)
          await storage.writeBlob(digest, bytes)
          await storage.writeBlob(digest, bytes)
          const again = await reopen()
          assert.deepEqual(await again.findBlob(digest), { sizeBytes: bytes.length })
          assert.deepEqual(Buffer.from(await again.readBlob(digest)), bytes)
          assert.deepEqual(await collect(await again.openBlob(digest)), bytes)
          assert.deepEqual(
            await collect(await again.openBlob(digest, { start: 5, end: 2_500_000 })),
            bytes.subarray(5, 2_500_001),
          )
        }
      }),
    )

    test(
      'a blob that is not there is undefined or not-found',
      withStorage(async (storage) => {
        const digest = digestOf('nothing')
        assert.equal(await storage.findBlob(digest), undefined)
        await assert.rejects(storage.openBlob(digest), { code: 'not-found' })
        await assert.rejects(storage.readBlob(digest), { code: 'not-found' })
      }),
    )

    test(
      'a blob that is deleted or put aside is not there, and who reads it reads on',
      withStorage(async (storage) => {
        const texts = ['deleted', 'put aside', 'kept']
        for (const text of texts) await storage.writeBlob(digestOf(text), Buffer.from(text))
        const reading = await storage.openBlob(digestOf('deleted'))
        for (let attempt = 0; attempt < 2; attempt++) {
          await storage.deleteBlob(digestOf('deleted'))
          await storage.quarantineBlob(digestOf('put aside'))
        }
        assert.equal(String(await collect(reading)), 'deleted')
        assert.deepEqual(await Array.fromAsync(storage.listBlobs()), [digestOf('kept')])
        for (const text of ['deleted', 'put aside']) {
          assert.equal(await storage.findBlob(digestOf(text)), undefined)
          await storage.writeBlob(digestOf(text), Buffer.from(text))
          assert.equal(String(await storage.readBlob(digestOf(text))), text)
        }
      }),
    )

    test(
      'listUploads() tells when each was last written to',
      withStorage(async (storage) => {
        const keys = [randomUUID(), randomUUID()].sort()
        for (const key of keys) await storage.createUpload(key)
        const listed = await Array.fromAsync(storage.listUploads())
        assert.deepEqual(listed.map(({ key }) => key).sort(), keys)
        for (const { modifiedAt } of listed) assert.ok(Math.abs(Date.now() - modifiedAt) < 60_000)
      }),
    )

    test(
      'an upload grows, also in the next process, and becomes a blob',
      withStorage(async (storage, reopen) => {
        const key = randomUUID()
        await storage.createUpload(key)
        assert.deepEqual(await storage.findUpload(key), { sizeBytes: 0 })
        await append(storage, key, 'first ')
        const again = await reopen()
        await append(again, key, 'second')
        assert.deepEqual(await again.findUpload(key), { sizeBytes: 12 })
        assert.equal(String(await collect(await again.openUpload(key))), 'first second')
        const digest = digestOf('first second')
        await commit(again, key, digest)
        assert.equal(String(await again.readBlob(digest)), 'first second')
        assert.equal(await again.findUpload(key), undefined)
      }),
    )

    test(
      'an upload has one writer at a time, of all who have the storage open',
      withStorage(async (storage, reopen) => {
        const key = randomUUID()
        await storage.createUpload(key)
        const other = await reopen()
        {
          await using _ = await storage.appendUpload(key)
          await assert.rejects(storage.appendUpload(key), { code: 'conflict' })
          await assert.rejects(other.appendUpload(key), { code: 'conflict' })
        }
        await append(other, key, 'now')
        await assert.rejects(storage.appendUpload('not-there'), { code: 'not-found' })
      }),
    )

    test(
      'an upload of many pieces is the same bytes, read while it is written to and as a blob',
      withStorage(async (storage, reopen) => {
        const bytes = randomBytes(21_000_000)
        const key = randomUUID()
        await storage.createUpload(key)
        for (const [start, end] of [
          [0, 10],
          [10, 9_000_000],
          [9_000_000, 20_000_000],
        ] as const) {
          await using writer = await (await reopen()).appendUpload(key)
          assert.equal(writer.sizeBytes, start)
          for (let from = start; from < end; from += 700_001)
            await writer.write(bytes.subarray(from, Math.min(from + 700_001, end)))
          await writer.flush()
          const range = { start: Math.max(0, start - 5), end: end - 1 }
          const read = await collect(await storage.openUpload(key, range))
          assert.ok(read.equals(bytes.subarray(range.start, end)))
        }
        await using writer = await storage.appendUpload(key)
        await writer.write(bytes.subarray(20_000_000))
        assert.equal(writer.sizeBytes, bytes.length)
        const digest = digestOf(bytes)
        await writer.commit(digest)
        assert.equal(digestOf(await storage.readBlob(digest)), digest)
      }),
    )

    test(
      'an upload that its writer deletes is not there, whatever was written',
      withStorage(async (storage) => {
        const key = randomUUID()
        await storage.createUpload(key)
        {
          await using writer = await storage.appendUpload(key)
          await writer.write(Buffer.from('bytes'))
          await writer.delete()
        }
        assert.equal(await storage.findUpload(key), undefined)
        assert.deepEqual(await Array.fromAsync(storage.listUploads()), [])
      }),
    )

    test(
      'commit() of an upload that was ended meanwhile is not-found',
      withStorage(async (storage) => {
        const key = randomUUID()
        await storage.createUpload(key)
        await append(storage, key, 'bytes')
        await using writer = await storage.appendUpload(key)
        await storage.deleteUpload(key)
        await assert.rejects(writer.commit(digestOf('bytes')), { code: 'not-found' })
      }),
    )

    test(
      'commit() of a blob that is there leaves both as they are until the upload is deleted',
      withStorage(async (storage, reopen) => {
        const digest = digestOf('same')
        await storage.writeBlob(digest, Buffer.from('same'))
        const key = randomUUID()
        await storage.createUpload(key)
        await append(storage, key, 'same')
        for (const process of [storage, await reopen()]) {
          await using writer = await process.appendUpload(key)
          await writer.commit(digest)
          assert.deepEqual(await process.findUpload(key), { sizeBytes: 4 })
        }
        await commit(storage, key, digest)
        assert.equal(await storage.findUpload(key), undefined)
        assert.equal(String(await storage.readBlob(digest)), 'same')
      }),
    )

    test(
      'what comes after commit() is no part of the blob',
      withStorage(async (storage, reopen) => {
        const key = randomUUID()
        const digest = digestOf('bytes')
        await storage.createUpload(key)
        await append(storage, key, 'bytes')
        {
          await using writer = await storage.appendUpload(key)
          await writer.commit(digest)
          await writer.write(Buffer.from('more')).catch(() => {})
        }
        await append(await reopen(), key, 'and more').catch(() => {})
        assert.equal(String(await storage.readBlob(digest)), 'bytes')
        await storage.deleteUpload(key)
        assert.equal(String(await storage.readBlob(digest)), 'bytes')
      }),
    )

    test(
      'a deleted upload is not there and does not come back',
      withStorage(async (storage) => {
        const key = randomUUID()
        await storage.createUpload(key)
        await storage.deleteUpload(key)
        await storage.deleteUpload(key)
        assert.equal(await storage.findUpload(key), undefined)
        await assert.rejects(storage.appendUpload(key), { code: 'not-found' })
        await assert.rejects(storage.openUpload(key), { code: 'not-found' })
      }),
    )

    test(
      'an upload key never names anything else',
      withStorage(async (storage) => {
        for (const key of ['', '.', '..', '../x', 'a/b', '/etc/passwd', 'a\0'])
          await assert.rejects(storage.createUpload(key), key)
      }),
    )
  })
}

async function append(storage: Storage, key: string, text: string): Promise<void> {
  await using writer = await storage.appendUpload(key)
  await writer.write(Buffer.from(text))
}

async function commit(storage: Storage, key: string, digest: Digest): Promise<void> {
  await using writer = await storage.appendUpload(key)
  await writer.commit(digest)
  await writer.delete()
}

async function collect(stream: Readable): Promise<Buffer> {
  return Buffer.concat((await Array.fromAsync(stream)) as Buffer[])
}
