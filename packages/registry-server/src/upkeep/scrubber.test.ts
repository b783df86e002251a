import assert from 'node:assert/strict'
import { readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { digestHex, digestOf, type Digest } from '@berth/oci'
import { silentLogger } from '@berth/stdx'
import { GarbageStore } from '../metadata/garbage-store.ts'
import { Scrubber } from './scrubber.ts'
import { openTemporaryRegistry, type TemporaryRegistry } from '../testsuite/temporary-registry.ts'

const dayMs = 24 * 60 * 60 * 1000

const scrubberOf = ({ storage, stores, now }: TemporaryRegistry) =>
  new Scrubber({ storage, store: stores.garbage, now, logger: silentLogger })

const pathOf = ({ directory }: TemporaryRegistry, digest: Digest) =>
  join(directory, 'blobs/sha256', digestHex(digest).slice(0, 2), digestHex(digest))

test('scrub() puts broken content aside; it is not there until it is pushed again', async () => {
  await using registry = await openTemporaryRegistry()
  const [sound, broken, gone] = ['sound', 'broken', 'gone'].map((text) => digestOf(text))
  assert.ok(sound && broken && gone)
  for (const text of ['sound', 'broken', 'gone'])
    await registry.blobs.putBlob('a', digestOf(text), Buffer.from(text))
  await writeFile(pathOf(registry, broken), 'brokem')
  await rm(pathOf(registry, gone))
  registry.clock.now += 31 * dayMs
  const report = await scrubberOf(registry).scrub()
  assert.deepEqual(report.lost.sort(), [broken, gone].sort())
  assert.equal(report.checkedBlobs, 3)
  assert.deepEqual(await readdir(join(registry.directory, 'quarantine')), [`sha256-${digestHex(broken)}`])
  await registry.blobs.getBlob('a', sound)
  for (const digest of [broken, gone])
    await assert.rejects(registry.blobs.leaseBlob('a', digest), { kind: 'BLOB_UNKNOWN' })
  await registry.blobs.putBlob('b', broken, Buffer.from('broken'))
  assert.equal(String(await registry.blobs.readBlob(broken)), 'broken')
  await registry.blobs.getBlob('a', broken)
  assert.deepEqual((await scrubberOf(registry).scrub()).checkedBlobs, 0)
})

test('scrub() keeps to its rate', async () => {
  await using registry = await openTemporaryRegistry()
  const bytes = Buffer.alloc(100_000, 'x')
  await registry.blobs.putBlob('a', digestOf(bytes), bytes)
  registry.clock.now += dayMs
  const startedAt = performance.now()
  await scrubberOf(registry).scrub({ maxAgeMs: 0, bytesPerSecond: 1_000_000 })
  assert.ok(performance.now() - startedAt >= 95)
})

test('content that the tables know and the storage lacks is no "unknown"', async () => {
  await using registry = await openTemporaryRegistry()
  await registry.blobs.putBlob('a', digestOf('x'), Buffer.from('x'))
  await rm(pathOf(registry, digestOf('x')))
  await assert.rejects(registry.blobs.readBlob(digestOf('x')), { code: 'unavailable' })
})

test('scrub() tells nothing of what was let go, or pushed anew, since it was listed', async () => {
  await using registry = await openTemporaryRegistry()
  const { storage, stores, blobs, now } = registry
  const [released, renewed, lost] = [digestOf('released'), digestOf('renewed'), digestOf('lost')]
  const put = (text: string) => blobs.putBlob('a', digestOf(text), Buffer.from(text))
  for (const text of ['released', 'renewed', 'lost']) await put(text)
  for (const digest of [renewed, lost]) await storage.deleteBlob(digest)
  registry.clock.now += 40 * dayMs
  class Overtaken extends GarbageStore {
    override async listUnchecked(before: number, limit: number) {
      const listed = await super.listUnchecked(before, limit)
      await stores.blobs.deleteBlob('a', released)
      await stores.garbage.deleteGarbage([released], now(), (digest) => storage.deleteBlob(digest))
      await put('renewed')
      // As if it had come back just behind the look.
      await storage.deleteBlob(renewed)
      return listed
    }
  }
  const store = new Overtaken(registry.database)
  const { lost: found } = await new Scrubber({ storage, store, now, logger: silentLogger }).scrub()
  assert.deepEqual(found, [lost])
  assert.ok(await stores.blobs.findBlob('a', renewed))
  assert.equal(await stores.blobs.findBlob('a', lost), undefined)
})
