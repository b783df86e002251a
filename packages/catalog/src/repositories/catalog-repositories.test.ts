import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestOf } from '@berth/oci'
import { isCoded, type ErrorCode } from '@berth/stdx'
import { stranger } from '../testsuite/temporary-catalog.ts'
import { testOnBothDatabases } from '../testsuite/test-databases.ts'

const coded = (code: ErrorCode) => (error: unknown) => isCoded(error, code)
const paging = { page: 1, size: 25 }

await testOnBothDatabases('repositories', (open) => {
  test('createRepository() makes a public one that everyone finds', async () => {
    await using catalog = await open()
    const ada = await catalog.addAccount('ada')
    await catalog.repositories.createRepository(ada, { name: 'ada/web-server', description: 'Serves pages' })
    const found = await catalog.repositories.search(stranger, { text: 'web', ...paging })
    assert.deepEqual(
      found.entries.map(({ name }) => name),
      ['ada/web-server'],
    )
    assert.equal((await catalog.repositories.getRepository(stranger, 'ada/web-server')).permission, 'read')
    assert.equal((await catalog.repositories.getRepository(ada, 'ada/web-server')).permission, 'admin')
    await assert.rejects(
      catalog.repositories.createRepository(ada, { name: 'ada/web-server' }),
      coded('already-exists'),
    )
    await assert.rejects(catalog.repositories.createRepository(ada, { name: 'bob/x' }), coded('forbidden'))
    await assert.rejects(
      catalog.repositories.createRepository(ada, { name: 'library/x' }),
      coded('forbidden'),
    )
    await assert.rejects(
      catalog.repositories.createRepository(stranger, { name: 'ada/x' }),
      coded('unauthorized'),
    )
  })

  test('a private repository is not there for others', async () => {
    await using catalog = await open()
    const [ada, bob] = [await catalog.addAccount('ada'), await catalog.addAccount('bob')]
    await catalog.repositories.createRepository(ada, { name: 'ada/secret' })
    await catalog.repositories.setStarred(bob, 'ada/secret', true)
    await catalog.repositories.setPrivate(ada, 'ada/secret', true)
    for (const viewer of [bob, stranger]) {
      await assert.rejects(catalog.repositories.getRepository(viewer, 'ada/secret'), coded('not-found'))
      assert.equal((await catalog.repositories.search(viewer, { text: 'secret', ...paging })).count, 0)
      assert.equal((await catalog.repositories.search(viewer, { text: '', ...paging })).count, 0)
      assert.equal((await catalog.repositories.listRepositories(viewer, 'ada', paging)).count, 0)
      assert.equal((await catalog.repositories.listStarred(viewer, 'bob', paging)).count, 0)
    }
    assert.equal((await catalog.repositories.search(ada, { text: 'secr', ...paging })).count, 1)
    assert.equal((await catalog.repositories.listStarred(ada, 'bob', paging)).count, 1)
  })

  test('setPrivate() refuses the second private repository in the words of the plan', async () => {
    await using catalog = await open()
    const ada = await catalog.addAccount('ada')
    const root = await catalog.addAccount('chief', 'administrator')
    await catalog.repositories.createRepository(ada, { name: 'ada/one', isPrivate: true })
    await assert.rejects(
      catalog.repositories.createRepository(ada, { name: 'ada/two', isPrivate: true }),
      (error) =>
        isCoded(error, 'failed-precondition') &&
        error.message === 'No more private repositories available: the personal plan has 1',
    )
    await catalog.repositories.createRepository(ada, { name: 'ada/two' })
    await assert.rejects(catalog.repositories.setPrivate(ada, 'ada/two', true), coded('failed-precondition'))
    await catalog.accounts.setPlan(root, 'ada', 'pro')
    await catalog.repositories.setPrivate(ada, 'ada/two', true)
    assert.deepEqual(await catalog.repositories.getPrivateUse(ada, 'ada'), { used: 2, available: Infinity })
  })

  test('createRepository() keeps to the plan when several are asked for at once', async () => {
    await using catalog = await open()
    const ada = await catalog.addAccount('ada')
    const results = await Promise.allSettled(
      Array.from({ length: 8 }, (_, index) =>
        catalog.repositories.createRepository(ada, { name: `ada/r${index}`, isPrivate: true }),
      ),
    )
    assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1)
  })

  test('setStarred() counts each account once, however often and at once', async () => {
    await using catalog = await open()
    const ada = await catalog.addAccount('ada')
    await catalog.repositories.createRepository(ada, { name: 'ada/app' })
    const people = await Promise.all(['bob', 'eve', 'joe'].map((name) => catalog.addAccount(name)))
    await Promise.all(
      [...people, ...people].map((viewer) => catalog.repositories.setStarred(viewer, 'ada/app', true)),
    )
    assert.equal((await catalog.repositories.getRepository(ada, 'ada/app')).starCount, 3)
    const [bob = ada] = people
    assert.equal((await catalog.repositories.getRepository(bob, 'ada/app')).isStarredByViewer, true)
    await catalog.repositories.setStarred(bob, 'ada/app', false)
    await catalog.repositories.setStarred(bob, 'ada/app', false)
    assert.equal((await catalog.repositories.getRepository(bob, 'ada/app')).starCount, 2)
    assert.equal((await catalog.repositories.listStarred(stranger, 'eve', paging)).count, 1)
  })

  test('deleteRepository() leaves nothing that search finds, and another may be made of that name', async () => {
    await using catalog = await open()
    const ada = await catalog.addAccount('ada')
    await catalog.repositories.createRepository(ada, { name: 'ada/app' })
    await catalog.repositories.deleteRepository(ada, 'ada/app')
    assert.equal((await catalog.repositories.search(ada, { text: 'app', ...paging })).count, 0)
    await catalog.repositories.createRepository(ada, { name: 'ada/app' })
    assert.equal((await catalog.repositories.search(ada, { text: 'app', ...paging })).count, 1)
  })

  test('noteActivity() makes the repository with the first push, and adds pulls up', async () => {
    await using catalog = await open()
    await catalog.addAccount('ada')
    const note = { repository: 'ada/app', tags: ['latest'], account: 'ada' }
    catalog.registry.noteActivity({ ...note, kind: 'push' })
    catalog.registry.noteActivity({ ...note, kind: 'push', repository: 'nobody/app' })
    catalog.registry.noteActivity({ ...note, kind: 'push', repository: 'library/app', account: undefined })
    for (let count = 0; count < 5; count++) catalog.registry.noteActivity({ ...note, kind: 'pull', tags: [] })
    await catalog.registry.flush()
    assert.equal((await catalog.repositories.getRepository(stranger, 'ada/app')).pullCount, 5)
    assert.equal((await catalog.repositories.getRepository(stranger, 'library/app')).isOfficial, true)
    await assert.rejects(catalog.repositories.getRepository(stranger, 'nobody/app'), coded('not-found'))
  })

  test('noteActivity() audits pushes and deletions with where they came from, a manifest without its tags as well', async () => {
    await using catalog = await open()
    const ada = await catalog.addAccount('ada')
    const note = { repository: 'ada/app', account: 'ada', address: '192.0.2.7' }
    const digest = digestOf(Buffer.from('manifest'))
    catalog.registry.noteActivity({ ...note, kind: 'push', digest, tags: ['v1'] })
    catalog.registry.noteActivity({ ...note, kind: 'delete', tags: ['v1'] })
    catalog.registry.noteActivity({ ...note, kind: 'delete', digest, tags: [] })
    await catalog.registry.flush()
    const { entries } = await catalog.audit.listAudit(ada, 'ada', paging)
    const told = entries.filter(({ subject }) => subject === 'ada/app')
    assert.deepEqual(told.map(({ action }) => action).toSorted(), [
      'repo.create',
      'repo.manifest.delete',
      'repo.tag.delete',
      'repo.tag.push',
    ])
    for (const { address, action } of told) assert.equal(address, '192.0.2.7', action)
  })

  test('permissionFor() lets an owner push a name that is not there yet, and nobody else', async () => {
    await using catalog = await open()
    const [ada, bob] = [await catalog.addAccount('ada'), await catalog.addAccount('bob')]
    const root = await catalog.addAccount('chief', 'administrator')
    const ask = (viewer: typeof ada, name: string) =>
      catalog.registry.permissionFor({ account: viewer.account!, scope: viewer.scope }, name)
    assert.equal(await ask(ada, 'ada/new'), 'admin')
    assert.equal(await ask(await catalog.withToken(ada, 'repo:write'), 'ada/new'), 'write')
    assert.equal(await ask(bob, 'ada/new'), undefined)
    assert.equal(await catalog.registry.permissionFor(undefined, 'ada/new'), undefined)
    assert.equal(await ask(ada, 'library/new'), 'read')
    assert.equal(await ask(root, 'library/new'), 'admin')
    assert.equal(await catalog.registry.permissionFor(undefined, 'library/new'), 'read')
    assert.equal(await ask(ada, 'ada'), undefined)
    assert.equal(await ask(ada, 'ada/\0'), undefined)
  })
})
