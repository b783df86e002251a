import assert from 'node:assert/strict'
import type { FileHandle } from 'node:fs/promises'
import { test } from 'node:test'
import { EarlySync } from './early-sync.ts'

const mebibyte = 1024 * 1024

/** A file whose syncs end when they are told to. */
function slowFile() {
  const ends: PromiseWithResolvers<void>[] = []
  const datasync = () => {
    const end = Promise.withResolvers<void>()
    ends.push(end)
    return end.promise
  }
  return { ends, file: { datasync } as unknown as FileHandle }
}

test('EarlySync.wrote() asks the disk for each large step, once at a time', async () => {
  const { ends, file } = slowFile()
  const sync = new EarlySync(file)
  sync.wrote(31 * mebibyte)
  assert.equal(ends.length, 0)
  sync.wrote(mebibyte)
  sync.wrote(64 * mebibyte)
  assert.equal(ends.length, 1)
  ends[0]?.resolve()
  await sync.settle()
  sync.wrote(1)
  assert.equal(ends.length, 2)
  ends[1]?.resolve()
  await sync.settle()
})

test('EarlySync.settle() and wrote() throw what a sync met, every time', async () => {
  const { ends, file } = slowFile()
  const sync = new EarlySync(file)
  sync.wrote(32 * mebibyte)
  ends[0]?.reject(new Error('EIO: i/o error, fdatasync'))
  await assert.rejects(sync.settle(), /EIO/)
  assert.throws(() => sync.wrote(1), /EIO/)
  await assert.rejects(sync.settle(), /EIO/)
})
