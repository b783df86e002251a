import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { digestOf, type Digest } from '@berth/oci'
import type { RegistryError } from '../registry-error.ts'
import { plainManifest } from './plain-manifest.ts'
import { openTemporaryRegistry, type OpenStores, type TemporaryRegistry } from './temporary-registry.ts'

/** What the tables of a registry do, whatever database they are in, and however many processes work on it. */
export function testMetadata(
  name: string,
  openStores: OpenStores,
  { skip = false }: { skip?: string | boolean } = {},
): void {
  describe(`metadata: ${name}`, { skip }, () => {
    test('addManifest() points its tags at it, all or none', async () => {
      await using metadata = await openTemporaryRegistry(openStores)
      await metadata.stores.manifests.addManifest('a', plainManifest('one'), ['x', 'y'])
      await metadata.stores.manifests.addManifest('a', plainManifest('two'), ['y'])
      assert.equal((await metadata.stores.manifests.findTag('a', 'x'))?.digest, digestOf('one'))
      assert.equal((await metadata.stores.manifests.findTag('a', 'y'))?.digest, digestOf('two'))
      const broken = [...Array.from({ length: 3 }, (_, index) => `t${index}`), null as unknown as string]
      await assert.rejects(metadata.stores.manifests.addManifest('b', plainManifest('three'), broken))
      assert.equal(await metadata.stores.repositories.hasRepository('b'), false)
      assert.equal(await metadata.stores.manifests.findManifest('b', digestOf('three')), undefined)
    })

    test('deleteManifest() takes its tags and leaves those of others', async () => {
      await using metadata = await openTemporaryRegistry(openStores)
      await metadata.stores.manifests.addManifest('a', plainManifest('one'), ['x', 'y'])
      await metadata.stores.manifests.addManifest('a', plainManifest('two'), ['z'])
      assert.equal(await metadata.stores.manifests.deleteManifest('a', digestOf('one')), true)
      assert.equal(await metadata.stores.manifests.deleteManifest('a', digestOf('one')), false)
      assert.deepEqual((await metadata.stores.manifests.listTags('a', { last: '', limit: 10 })).names, ['z'])
    })

    test('writes at the same time wait for each other', async () => {
      await using metadata = await openTemporaryRegistry(openStores)
      await Promise.all(
        Array.from({ length: 50 }, (_, index) =>
          metadata.stores.manifests.addManifest(`r${index % 3}`, plainManifest(`m${index}`), ['latest']),
        ),
      )
      assert.deepEqual((await metadata.stores.repositories.listRepositories({ last: '', limit: 10 })).names, [
        'r0',
        'r1',
        'r2',
      ])
    })

    test('two processes on the same stores see each other', async () => {
      await using first = await openTemporaryRegistry(openStores)
      await using second = await first.openReplica()
      await first.stores.blobs.addBlob('a', digestOf('1'), 1)
      await second.stores.blobs.addBlob('a', digestOf('2'), 1)
      assert.equal((await first.stores.blobs.findBlob('a', digestOf('2')))?.sizeBytes, 1)
      assert.equal((await second.stores.blobs.findBlob('a', digestOf('1')))?.sizeBytes, 1)
      assert.equal((await second.stores.blobs.findBlob('b', digestOf('1')))?.sizeBytes, undefined)
    })

    test('lists are in the order of bytes, page by page', async () => {
      await using metadata = await openTemporaryRegistry(openStores)
      const names = ['A', 'a', 'B', '_', 'a.b', 'a-b', 'aa', '1', 'Z_z', 'z-Z']
      for (const name of names) await metadata.stores.manifests.addManifest('x', plainManifest('m'), [name])
      const listed: string[] = []
      for (let last = ''; ;) {
        const page = await metadata.stores.manifests.listTags('x', { last, limit: 3 })
        listed.push(...page.names)
        if (page.length < 3) break
        last = page.last ?? ''
      }
      assert.deepEqual(listed, names.toSorted())
    })

    test('of two processes that set a tag at once one wins, and both manifests are there', async () => {
      await using one = await openTemporaryRegistry(openStores)
      await using other = await one.openReplica()
      for (let round = 0; round < 20; round++) {
        const texts = [`one ${round}`, `other ${round}`] as const
        await Promise.all(
          [one, other].map(({ stores }, index) =>
            stores.manifests.addManifest(`new/${round}`, plainManifest(texts[index] ?? ''), ['x', 'latest']),
          ),
        )
        const tags = ['x', 'latest'].map((tag) => one.stores.manifests.findTag(`new/${round}`, tag))
        for (const tag of await Promise.all(tags))
          assert.ok(texts.some((text) => digestOf(text) === tag?.digest))
        for (const text of texts)
          assert.ok(await other.stores.manifests.findManifest(`new/${round}`, digestOf(text)))
      }
    })

    test('a tag that may not change is set by one of two processes, and a quota holds for both together', async () => {
      const policies = [{ repositories: '**', immutableTags: ['v*'], quotaBytes: 10 }]
      await using one = await openTemporaryRegistry(openStores, policies)
      await using other = await one.openReplica()
      const both = async (
        action: (registry: Pick<TemporaryRegistry, 'stores'>, index: number) => Promise<void>,
      ) => {
        const results = await Promise.allSettled(
          [one, other].map((registry, index) => action(registry, index)),
        )
        const failures = results.filter((result) => result.status === 'rejected')
        return failures.map(({ reason }) => (reason as RegistryError).kind)
      }
      for (let round = 0; round < 10; round++) {
        const set = await both(({ stores }, index) =>
          stores.manifests.addManifest('a', plainManifest(`${index} ${round}`), [`v${round}`]),
        )
        assert.deepEqual(set, ['TAG_IMMUTABLE'])
        const added = await both(({ stores }, index) =>
          stores.blobs.addBlob(`quota/${round}`, digestOf(`${index} ${round}`), 6),
        )
        assert.deepEqual(added, ['QUOTA_EXCEEDED'])
      }
    })

    test('of many uploads that each fit as many become blobs as fit together, whichever process has them', async () => {
      const policies = [{ repositories: '**', quotaBytes: 20 }]
      await using one = await openTemporaryRegistry(openStores, policies)
      await using other = await one.openReplica()
      for (let round = 0; round < 5; round++) {
        const results = await Promise.allSettled(
          Array.from({ length: 8 }, async (_, index) => {
            const { stores } = index % 2 === 0 ? one : other
            await stores.blobs.addBlob(`quota/${round}`, digestOf(`${index} ${round}`), 6)
          }),
        )
        const failures = results.filter((result) => result.status === 'rejected')
        assert.deepEqual(
          failures.map(({ reason }) => (reason as RegistryError).kind),
          Array.from({ length: 5 }, () => 'QUOTA_EXCEEDED'),
        )
        const { usedBytes } = await one.stores.blobs.findQuota(`quota/${round}`, digestOf('another'))
        assert.equal(usedBytes, 18)
      }
    })

    test('what collection takes while another process pushes is either kept or not there for the push', async () => {
      await using one = await openTemporaryRegistry(openStores)
      await using other = await one.openReplica()
      for (let round = 0; round < 40; round++) {
        const digest = digestOf(`layer ${round}`)
        await one.stores.blobs.addBlob('a', digest, 1)
        one.clock.now += 1
        const cutoff = one.clock.now
        const references = { kind: 'blobs', all: [digest], required: [digest] } as const
        const removed: Digest[] = []
        const collect = async () => {
          await one.stores.garbage.releaseUnreferenced(cutoff, 100)
          await one.stores.garbage.deleteGarbage([digest], cutoff, async (gone) => void removed.push(gone))
        }
        const mount = async () => {
          await sleep(round % 10)
          return other.stores.blobs.mountBlob('b', digest, 'a')
        }
        const [pushed, mounted] = await Promise.all([
          settled(
            other.stores.manifests.addManifest('a', plainManifest(`image ${round}`, { references }), ['x']),
          ),
          settled(mount()),
          collect(),
        ])
        await collect()
        const isHeld = pushed.isDone || mounted.value === true
        assert.equal(removed.length, isHeld ? 0 : 1, `round ${round}`)
        assert.equal((await one.stores.blobs.findBlob('a', digest)) !== undefined, pushed.isDone)
      }
    })
  })
}

async function settled<T>(work: Promise<T>): Promise<{ isDone: boolean; value: T | undefined }> {
  return work.then(
    (value) => ({ isDone: true, value }),
    (error: RegistryError) => {
      assert.equal(error.kind, 'MANIFEST_BLOB_UNKNOWN')
      return { isDone: false, value: undefined }
    },
  )
}
