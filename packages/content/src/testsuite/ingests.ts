import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ContentStore } from '../content-store.ts'
import { collect, content, digestsIn } from './content.ts'
import type { OpenTestStore } from './open-test-store.ts'

async function leaveBehind(store: ContentStore, ref: string, bytes: string): Promise<void> {
  await using ingest = await store.openIngest(ref)
  await ingest.write(Buffer.from(bytes))
}

export function testIngests(open: OpenTestStore): void {
  test('openIngest() goes on from the bytes that an earlier writer left', async () => {
    await using store = await open()
    for (const algorithm of ['sha256', 'sha512'] as const) {
      const { bytes, descriptor } = content('hello world', algorithm)
      await leaveBehind(store, 'ref', 'hello ')
      await leaveBehind(store, 'ref', 'wor')
      await using ingest = await store.openIngest('ref')
      assert.equal(ingest.offset, 9)
      await ingest.write(Buffer.from('ld'))
      await ingest.commit(descriptor)
      assert.deepEqual(await collect(store.readBlob(descriptor.digest)), bytes)
    }
  })

  test('openIngest() of a transient ingest leaves nothing for a next writer', async () => {
    await using store = await open()
    {
      await using ingest = await store.openIngest('ref', { transient: true })
      await ingest.write(Buffer.from('hello '))
    }
    await using ingest = await store.openIngest('ref')
    assert.equal(ingest.offset, 0)
  })

  test('commit() without a descriptor takes the bytes as they are and says what they are known by', async () => {
    await using store = await open()
    const { bytes, descriptor } = content('whatever')
    await using ingest = await store.openIngest('ref')
    await ingest.write(bytes)
    const { digest, size } = descriptor
    assert.deepEqual(await ingest.commit(), { digest, size })
    assert.deepEqual(await collect(store.readBlob(digest)), bytes)
    await assert.rejects(ingest.commit(), { code: 'failed-precondition' })
  })

  test('openIngest() starts anew after a commit', async () => {
    await using store = await open()
    {
      await using ingest = await store.openIngest('ref')
      await ingest.write(Buffer.from('hello'))
      await ingest.commit(content('hello').descriptor)
      await assert.rejects(ingest.write(Buffer.from('more')), { code: 'failed-precondition' })
    }
    await using again = await store.openIngest('ref')
    assert.equal(again.offset, 0)
  })

  test('openIngest() refuses a second writer of one ref, whatever the ref looks like', async () => {
    await using store = await open()
    for (const ref of ['a', '', '../../x', 'ü\n'.repeat(300)]) {
      {
        await using first = await store.openIngest(ref)
        await assert.rejects(store.openIngest(ref), { code: 'conflict' })
        assert.equal(first.offset, 0)
      }
      await using second = await store.openIngest(ref)
      assert.equal(second.offset, 0)
    }
  })

  test('truncate() throws away what was written', async () => {
    await using store = await open()
    await leaveBehind(store, 'ref', 'not this')
    await using ingest = await store.openIngest('ref')
    await ingest.truncate()
    assert.equal(ingest.offset, 0)
    await ingest.write(Buffer.from('hello'))
    await ingest.commit(content('hello').descriptor)
  })

  test('commit() refuses another digest or size, deletes the bytes, and can be tried again', async () => {
    await using store = await open()
    const { descriptor } = content('hello')
    await using ingest = await store.openIngest('ref')
    for (const wrong of ['hullo', 'hell', 'hello!']) {
      await ingest.write(Buffer.from(wrong))
      await assert.rejects(ingest.commit(descriptor), { code: 'data-loss' })
      assert.equal(ingest.offset, 0)
    }
    assert.deepEqual(await digestsIn(store), [])
    await ingest.write(Buffer.from('hello'))
    await ingest.commit(descriptor)
    assert.deepEqual(await digestsIn(store), [descriptor.digest])
  })

  test('commit() of a blob that is there already is success', async () => {
    await using store = await open()
    const { bytes, descriptor } = content('hello')
    await store.writeBlob(bytes, descriptor)
    await using ingest = await store.openIngest('ref')
    await ingest.write(bytes)
    await ingest.commit(descriptor)
    assert.deepEqual(await collect(store.readBlob(descriptor.digest)), bytes)
  })

  test('write() does not keep the buffer it was given', async () => {
    await using store = await open()
    await using ingest = await store.openIngest('ref')
    const buffer = Buffer.from('hel')
    await ingest.write(buffer)
    buffer.write('lo!')
    await ingest.write(buffer.subarray(0, 2))
    await ingest.commit(content('hello').descriptor)
  })

  test('a reader keeps its bytes while the blob is replaced and deleted', async () => {
    await using store = await open()
    const { bytes, descriptor } = content(Buffer.alloc(3 * 1024 * 1024, 'x'))
    await store.writeBlob(bytes, descriptor)
    const chunks: Uint8Array[] = []
    for await (const chunk of store.readBlob(descriptor.digest)) {
      if (chunks.length === 0) {
        await using ingest = await store.openIngest('again')
        await ingest.write(bytes)
        await ingest.commit(descriptor)
        await store.deleteBlob(descriptor.digest)
      }
      chunks.push(chunk)
    }
    assert.ok(Buffer.concat(chunks).equals(bytes))
  })
}
