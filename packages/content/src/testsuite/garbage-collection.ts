import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { test } from 'node:test'
import type { Digest } from '@berth/oci'
import type { ContentStore } from '../content-store.ts'
import { content, digestsIn } from './content.ts'
import type { OpenTestStore } from './open-test-store.ts'

const reaching =
  (...digests: Digest[]) =>
  async () =>
    new Set(digests)

async function write(store: ContentStore, text: string, leaseId?: string): Promise<Digest> {
  const { bytes, descriptor } = content(text)
  await store.writeBlob(bytes, descriptor, leaseId === undefined ? {} : { leaseId })
  return descriptor.digest
}

export function testGarbageCollection(open: OpenTestStore): void {
  test('collectGarbage() deletes what is neither reachable nor leased', async () => {
    await using store = await open()
    await using lease = await store.createLease()
    const reachable = await write(store, 'reachable')
    const leased = await write(store, 'leased', lease.id)
    const garbage = await write(store, 'garbage')
    const result = await store.collectGarbage({ reachable: reaching(reachable) })
    assert.deepEqual(result, { deleted: [garbage], freedBytes: 7 })
    assert.deepEqual(await digestsIn(store), [reachable, leased].sort())
  })

  for (const transient of [false, true]) {
    const kind = transient ? 'transient lease' : 'lease'
    test(`a ${kind} ends when it is disposed`, async () => {
      await using store = await open()
      let digest: Digest
      {
        await using lease = await store.createLease({ transient })
        digest = await write(store, 'x', lease.id)
      }
      assert.deepEqual((await store.collectGarbage({ reachable: reaching() })).deleted, [digest])
    })

    test(`a ${kind} ends when it expires`, async ({ mock }) => {
      mock.timers.enable({ apis: ['Date'], now: Date.now() })
      await using store = await open()
      await using lease = await store.createLease({ expiresAt: Date.now() + 100, transient })
      mock.timers.setTime(Date.now() + 99)
      const digest = await write(store, 'x', lease.id)
      mock.timers.setTime(Date.now() + 1)
      await assert.rejects(lease.add(digest), { code: 'not-found' })
      await assert.rejects(write(store, 'y', lease.id), { code: 'not-found' })
      assert.deepEqual((await store.collectGarbage({ reachable: reaching() })).deleted, [digest])
    })

    test(`a ${kind} holds what is added to it: a blob that is there, one that comes later, one that is written again`, async () => {
      await using store = await open()
      await using lease = await store.createLease({ transient })
      const there = await write(store, 'there')
      await lease.add(there)
      await lease.add(content('later').descriptor.digest)
      const later = await write(store, 'later')
      const again = await write(store, 'again')
      await write(store, 'again', lease.id)
      await store.collectGarbage({ reachable: reaching() })
      assert.deepEqual(await digestsIn(store), [there, later, again].sort())
    })
  }

  test('openIngest() refuses a lease that is not there', async () => {
    await using store = await open()
    await assert.rejects(store.openIngest('ref', { leaseId: 'none' }), { code: 'not-found' })
    await using ingest = await store.openIngest('ref')
    assert.equal(ingest.offset, 0)
  })

  test('commit() adds the blob to the lease of its ingest', async () => {
    await using store = await open()
    await using lease = await store.createLease()
    const { bytes, descriptor } = content('hello')
    await using ingest = await store.openIngest('ref', { leaseId: lease.id })
    await ingest.write(bytes)
    await ingest.commit(descriptor)
    assert.deepEqual((await store.collectGarbage({ reachable: reaching() })).deleted, [])
  })

  test('collectGarbage() deletes idle ingests, but none that is open', async () => {
    await using store = await open()
    {
      await using idle = await store.openIngest('idle')
      await idle.write(Buffer.from('idle'))
    }
    await using busy = await store.openIngest('busy')
    await busy.write(Buffer.from('hel'))
    assert.equal((await store.collectGarbage({ reachable: reaching() })).freedBytes, 0)
    await sleep(10)
    assert.equal((await store.collectGarbage({ reachable: reaching(), ingestIdleMs: 0 })).freedBytes, 4)
    await busy.write(Buffer.from('lo'))
    await busy.commit(content('hello').descriptor)
    await using idle = await store.openIngest('idle')
    assert.equal(idle.offset, 0)
  })

  test('collectGarbage() holds off commits while it asks what is reachable', async () => {
    await using store = await open()
    await using lease = await store.createLease()
    const { bytes, descriptor } = content('hello')
    await using ingest = await store.openIngest('ref', { leaseId: lease.id })
    await ingest.write(bytes)
    const steps: string[] = []
    let commit: Promise<void> | undefined
    await store.collectGarbage({
      reachable: async () => {
        commit = ingest.commit(descriptor).then(() => void steps.push('committed'))
        await sleep(20)
        steps.push('asked')
        return new Set()
      },
    })
    await commit
    assert.deepEqual(steps, ['asked', 'committed'])
    assert.deepEqual(await digestsIn(store), [descriptor.digest])
  })

  test('no leased blob is lost while collections run beside many writers', async () => {
    await using store = await open()
    const writing = new AbortController()
    const collecting = (async () => {
      while (!writing.signal.aborted) {
        await store.collectGarbage({ reachable: reaching(), ingestIdleMs: 60_000 })
        await sleep(1)
      }
    })()
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      for (let round = 0; round < 10; round++) {
        await using lease = await store.createLease()
        const digest = await write(store, `${writer % 3} ${round}`, lease.id)
        assert.ok(await store.findBlob(digest))
        await sleep(1)
        assert.ok(await store.findBlob(digest), 'a leased blob vanished')
      }
    })
    await Promise.all(writers).finally(() => writing.abort())
    await collecting
    await store.collectGarbage({ reachable: reaching() })
    assert.deepEqual(await digestsIn(store), [])
  })
}
