import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestOf } from '@berth/oci'
import { silentLogger } from '@berth/stdx'
import { Evictor } from './evictor.ts'
import { MirrorStore } from './mirror-store.ts'
import { openTemporaryRegistry } from '../testsuite/temporary-registry.ts'

test('schedule() evicts once more for what came while a run had looked already', async () => {
  await using registry = await openTemporaryRegistry()
  const { storage, stores, blobs, now } = registry
  const looked = Promise.withResolvers<void>()
  const added = Promise.withResolvers<void>()
  class WaitingStore extends MirrorStore {
    override async getCachedBytes(namespaces: readonly string[]) {
      const bytes = await super.getCachedBytes(namespaces)
      looked.resolve()
      await added.promise
      return bytes
    }
  }
  const store = new WaitingStore(registry.database)
  const options = {
    storage,
    store,
    garbage: stores.garbage,
    namespaces: ['up.test'],
    limitBytes: 3,
    pins: [],
  }
  {
    await using evictor = new Evictor({ ...options, now, logger: silentLogger })
    evictor.schedule()
    await looked.promise
    await blobs.putBlob('up.test/a/b', digestOf('large'), Buffer.from('large'))
    evictor.schedule()
    added.resolve()
  }
  assert.equal(await stores.blobs.findBlob('up.test/a/b', digestOf('large')), undefined)
})
