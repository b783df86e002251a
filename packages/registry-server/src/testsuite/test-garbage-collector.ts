import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { digestOf, mediaTypes, type Digest } from '@berth/oci'
import { GarbageCollector } from '../upkeep/garbage-collector.ts'
import { openTemporaryRegistry, type OpenStores, type TemporaryRegistry } from './temporary-registry.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs

const collectorOf = ({ storage, stores, now }: TemporaryRegistry) =>
  new GarbageCollector(storage, stores.garbage, now)

async function putBlob(registry: TemporaryRegistry, repository: string, text: string): Promise<Digest> {
  const digest = digestOf(text)
  await registry.blobs.putBlob(repository, digest, Buffer.from(text))
  return digest
}

/** An image of one layer; returns the digests of its manifest, config and layer. */
async function putImage(registry: TemporaryRegistry, repository: string, text: string): Promise<Digest[]> {
  const config = await putBlob(registry, repository, `{"for":"${text}"}`)
  const layer = await putBlob(registry, repository, text)
  const document = {
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: { mediaType: mediaTypes.ociConfig, digest: config, size: `{"for":"${text}"}`.length },
    layers: [{ mediaType: mediaTypes.ociLayer, digest: layer, size: text.length }],
  }
  const bytes = Buffer.from(JSON.stringify(document))
  const { record } = await registry.manifests.putManifest(repository, {
    bytes,
    mediaType: mediaTypes.ociManifest,
    tags: ['latest'],
  })
  return [record.digest, config, layer]
}

async function stored(registry: TemporaryRegistry): Promise<Digest[]> {
  return (await Array.fromAsync(registry.storage.listBlobs())).sort()
}

/** What collection does, whatever it works on. */
export function testGarbageCollector(name: string, openStores: OpenStores): void {
  describe(`garbage collector: ${name}`, () => {
    test('collect() frees what a deleted manifest needed, once nobody has used it for an hour', async () => {
      await using registry = await openTemporaryRegistry(openStores)
      const kept = await putImage(registry, 'a', 'kept')
      const [deleted = digestOf('')] = await putImage(registry, 'a', 'deleted')
      await registry.manifests.deleteManifest('a', { digest: deleted })
      const collector = collectorOf(registry)
      assert.equal((await collector.collect()).deletedBlobs, 0)
      registry.clock.now += 2 * hourMs
      const counted = await collector.collect({ dryRun: true })
      assert.equal(counted.deletedBlobs, 3)
      assert.equal((await stored(registry)).length, 6)
      assert.deepEqual(await collector.collect(), counted)
      assert.deepEqual(await stored(registry), kept.sort())
      assert.equal((await collector.collect()).deletedBlobs, 0)
    })

    test('collect() leaves a blob alone that was looked for, mounted or uploaded within the hour', async () => {
      await using registry = await openTemporaryRegistry(openStores)
      const [looked, mounted, again] = await Promise.all(
        ['looked', 'mounted', 'again'].map((text) => putBlob(registry, 'a', text)),
      )
      assert.ok(looked && mounted && again)
      registry.clock.now += 2 * hourMs
      await registry.blobs.leaseBlob('a', looked)
      await registry.blobs.mountBlob('b', mounted, { from: 'a', mayRead: () => true })
      await putBlob(registry, 'a', 'again')
      registry.clock.now += 59 * minuteMs
      await collectorOf(registry).collect()
      assert.deepEqual(await stored(registry), [looked, mounted, again].sort())
      await registry.blobs.getBlob('b', mounted)
      await assert.rejects(registry.blobs.getBlob('a', mounted), { kind: 'BLOB_UNKNOWN' })
      registry.clock.now += 2 * hourMs
      await collectorOf(registry).collect()
      assert.deepEqual(await stored(registry), [])
      await assert.rejects(registry.blobs.leaseBlob('a', looked), { kind: 'BLOB_UNKNOWN' })
    })

    test('collect() keeps a blob that another repository needs', async () => {
      await using registry = await openTemporaryRegistry(openStores)
      const [manifest = digestOf('')] = await putImage(registry, 'a', 'shared')
      const inB = await putImage(registry, 'b', 'shared')
      await registry.manifests.deleteManifest('a', { digest: manifest })
      registry.clock.now += 2 * hourMs
      assert.equal((await collectorOf(registry).collect()).deletedBlobs, 0)
      assert.deepEqual(await stored(registry), inB.sort())
    })

    test('collect() takes in what a process left behind, and frees it later', async () => {
      await using registry = await openTemporaryRegistry(openStores)
      const digest = digestOf('left behind')
      await registry.storage.writeBlob(digest, Buffer.from('left behind'))
      const collector = collectorOf(registry)
      await collector.collect()
      assert.deepEqual(await stored(registry), [digest])
      registry.clock.now += 2 * hourMs
      assert.deepEqual(await collector.collect(), { deletedBlobs: 1, freedBytes: 11, purgedUploads: 0 })
    })

    test('collect() keeps what manifests need that were stored before references were kept', async () => {
      await using registry = await openTemporaryRegistry(openStores)
      const digests = await putImage(registry, 'a', 'old')
      await registry.database.db.deleteFrom('manifest_references').execute()
      await registry.database.db.updateTable('manifests').set({ is_indexed: 0 }).execute()
      registry.clock.now += 2 * hourMs
      await collectorOf(registry).collect()
      assert.deepEqual(await stored(registry), digests.sort())
    })

    test('collect() ends uploads that nobody wrote to for a day', async () => {
      await using registry = await openTemporaryRegistry(openStores)
      const id = await registry.uploads.begin('a')
      registry.clock.now += 23 * hourMs
      assert.equal((await collectorOf(registry).collect()).purgedUploads, 0)
      await registry.uploads.getOffset('a', id)
      registry.clock.now += 2 * hourMs
      assert.equal((await collectorOf(registry).collect({ dryRun: true })).purgedUploads, 1)
      assert.equal((await collectorOf(registry).collect()).purgedUploads, 1)
      await assert.rejects(registry.uploads.getOffset('a', id), { kind: 'BLOB_UPLOAD_UNKNOWN' })
    })
  })
}
