import assert from 'node:assert/strict'
import { test } from 'node:test'
import { collect, content, digestsIn } from './content.ts'
import type { OpenTestStore } from './open-test-store.ts'

export function testBlobs(open: OpenTestStore): void {
  test('writeBlob() makes a blob that is found, listed and read', async () => {
    await using store = await open()
    const { bytes, descriptor } = content('hello')
    await store.writeBlob(bytes, descriptor)
    await store.writeBlob(bytes, descriptor)
    assert.deepEqual(await store.findBlob(descriptor.digest), { digest: descriptor.digest, sizeBytes: 5 })
    assert.deepEqual(await digestsIn(store), [descriptor.digest])
    assert.deepEqual(await collect(store.readBlob(descriptor.digest)), bytes)
  })

  test('writeBlob() takes sha512 and empty blobs', async () => {
    await using store = await open()
    for (const { bytes, descriptor } of [content('hello', 'sha512'), content('')]) {
      await store.writeBlob(bytes, descriptor)
      assert.deepEqual(await store.readWhole(descriptor.digest), bytes)
    }
  })

  test('writeBlob() refuses bytes of another digest or size', async () => {
    await using store = await open()
    const { bytes, descriptor } = content('hello')
    await assert.rejects(store.writeBlob(Buffer.from('hullo'), descriptor), { code: 'data-loss' })
    await assert.rejects(store.writeBlob(bytes, { ...descriptor, size: 6 }), { code: 'data-loss' })
    assert.deepEqual(await digestsIn(store), [])
  })

  test('readBlob() starts where it is told', async () => {
    await using store = await open()
    const { bytes, descriptor } = content('hello')
    await store.writeBlob(bytes, descriptor)
    for (const start of [0, 2, 5]) {
      assert.deepEqual(await collect(store.readBlob(descriptor.digest, { start })), bytes.subarray(start))
    }
    await assert.rejects(collect(store.readBlob(descriptor.digest, { start: 6 })), {
      code: 'invalid-argument',
    })
  })

  test('readBlob() throws not-found for a blob that is not there', async () => {
    await using store = await open()
    const { digest } = content('hello').descriptor
    assert.equal(await store.findBlob(digest), undefined)
    await assert.rejects(collect(store.readBlob(digest)), { code: 'not-found' })
    await assert.rejects(store.readWhole(digest), { code: 'not-found' })
  })

  test('readBlob() ends when its signal is aborted', async () => {
    await using store = await open()
    const { bytes, descriptor } = content('hello')
    await store.writeBlob(bytes, descriptor)
    const signal = AbortSignal.abort(new Error('enough'))
    await assert.rejects(collect(store.readBlob(descriptor.digest, { signal })), /enough/)
  })

  test('readWhole() refuses a blob above its limit', async () => {
    await using store = await open()
    const { bytes, descriptor } = content('hello')
    await store.writeBlob(bytes, descriptor)
    assert.deepEqual(Buffer.from(await store.readWhole(descriptor.digest, 5)), bytes)
    await assert.rejects(store.readWhole(descriptor.digest, 4), { code: 'invalid-argument' })
  })

  test('deleteBlob() deletes, also what is gone already', async () => {
    await using store = await open()
    const { bytes, descriptor } = content('hello')
    await store.writeBlob(bytes, descriptor)
    await store.deleteBlob(descriptor.digest)
    await store.deleteBlob(descriptor.digest)
    assert.equal(await store.findBlob(descriptor.digest), undefined)
  })

  test('listOrigins() gives the repositories that were added, until the blob is deleted', async () => {
    await using store = await open()
    const { bytes, descriptor } = content('hello')
    await store.writeBlob(bytes, descriptor)
    await store.addOrigin([descriptor.digest], 'docker.io/library/b')
    await store.addOrigin([descriptor.digest], 'docker.io/library/a')
    await store.addOrigin([descriptor.digest], 'docker.io/library/a')
    assert.deepEqual(await store.listOrigins(descriptor.digest), [
      'docker.io/library/a',
      'docker.io/library/b',
    ])
    await store.deleteBlob(descriptor.digest)
    assert.deepEqual(await store.listOrigins(descriptor.digest), [])
  })
}
