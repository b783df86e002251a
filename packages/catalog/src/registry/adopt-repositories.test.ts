import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stranger } from '../testsuite/temporary-catalog.ts'
import { testOnBothDatabases } from '../testsuite/test-databases.ts'

const minuteMs = 60_000
const manifest = { mediaType: 'application/vnd.oci.image.manifest.v1+json' }
const search = { text: 'old', page: 1, size: 25 }

await testOnBothDatabases('adoption', (open) => {
  test('adoptRepositories() gives the owner of the namespace what the registry held before', async () => {
    await using catalog = await open()
    const [ada, bob] = [await catalog.addAccount('ada'), await catalog.addAccount('bob')]
    const pushedAt = catalog.clock.now - 6 * minuteMs
    const held = [
      'ada/old',
      'ada/old-too',
      'library/old',
      'gone/old',
      'docker.io/library/old',
      'Bad',
      'ada/docker/old',
    ]
    for (const name of held) catalog.contents.addManifest(name, manifest, { name: 'v1', updatedAt: pushedAt })
    catalog.contents.addManifest('ada/untagged-old', manifest)
    const isForeign = (name: string) => name === 'ada/docker/old'
    const adopt = () => catalog.registry.adoptRepositories({ isForeign })
    const names = async (viewer = stranger) =>
      (await catalog.repositories.search(viewer, search)).entries.map(({ name }) => name).toSorted()
    assert.deepEqual(await names(ada), [])
    assert.deepEqual(await adopt(), { adopted: ['ada/old', 'ada/old-too', 'library/old'], ownerless: 1 })
    assert.deepEqual(await adopt(), { adopted: [], ownerless: 1 }, 'once')
    assert.deepEqual(await names(ada), ['ada/old', 'ada/old-too', 'library/old'])
    assert.deepEqual([await names(), await names(bob)], [['library/old'], ['library/old']])
    assert.deepEqual(await catalog.registry.permissionFor(undefined, 'ada/old'), undefined)
    assert.equal((await catalog.repositories.setPrivate(ada, 'ada/old', false)).isPrivate, false)
    await catalog.addAccount('gone')
    assert.deepEqual(await adopt(), { adopted: ['gone/old'], ownerless: 0 }, 'its owner came')
  })

  test('adoptRepositories() leaves alone what was pushed a moment ago: the push makes it public', async () => {
    await using catalog = await open()
    await catalog.addAccount('ada')
    const isForeign = () => false
    catalog.contents.addManifest('ada/new', manifest, { name: 'v1', updatedAt: catalog.clock.now })
    assert.deepEqual(await catalog.registry.adoptRepositories({ isForeign }), { adopted: [], ownerless: 0 })
    const note = { kind: 'push', repository: 'ada/new', tags: ['v1'], account: 'ada' } as const
    catalog.registry.noteActivity(note)
    await catalog.registry.flush()
    catalog.clock.now += 6 * minuteMs
    assert.deepEqual(await catalog.registry.adoptRepositories({ isForeign }), { adopted: [], ownerless: 0 })
    assert.equal(await catalog.registry.permissionFor(undefined, 'ada/new'), 'read')
  })

  test('permissionFor() lets administrators read what is outside of every namespace, and nobody else', async () => {
    await using catalog = await open()
    const chief = await catalog.addAccount('chief', 'administrator')
    const ada = await catalog.addAccount('ada')
    const permission = (of: typeof ada, scope = of.scope) =>
      catalog.registry.permissionFor(of.account && { account: of.account, scope }, 'gone/old')
    assert.equal(await permission(chief), 'read')
    assert.equal(await permission(chief, 'repo:public_read'), undefined)
    assert.equal(await permission(ada), undefined)
    assert.equal(await permission(stranger), undefined)
  })
})
