import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isCoded, type ErrorCode } from '@berth/stdx'
import { openCatalog } from '../open-catalog.ts'
import { testOnBothDatabases } from '../testsuite/test-databases.ts'

const coded = (code: ErrorCode) => (error: unknown) => isCoded(error, code)
const page = { page: 1, size: 10 }

await testOnBothDatabases('organizations', (open) => {
  test('a team gives its members rights, and takes them back', async () => {
    await using catalog = await open()
    const [ada, bob] = [await catalog.addAccount('ada'), await catalog.addAccount('bob')]
    await catalog.organizations.createOrganization(ada, { name: 'makers', fullName: 'The makers' })
    await catalog.organizations.createTeam(ada, 'makers', { name: 'devs' })
    await catalog.repositories.createRepository(ada, { name: 'makers/app', isPrivate: true })
    await catalog.organizations.setTeamPermission(ada, 'makers/app', { team: 'devs', permission: 'write' })
    const of = { team: 'devs', account: 'bob' }
    await assert.rejects(catalog.organizations.addTeamMember(ada, 'makers', of), coded('failed-precondition'))
    await catalog.organizations.setMember(ada, 'makers', { account: 'bob', role: 'member' })
    assert.equal(await catalog.repositories.permissionOf(bob, 'makers/app'), undefined)
    await catalog.organizations.addTeamMember(ada, 'makers', of)
    assert.equal(await catalog.repositories.permissionOf(bob, 'makers/app'), 'write')
    assert.deepEqual(await catalog.organizations.listTeams(bob, 'makers'), [
      { name: 'devs', description: '', memberCount: 1 },
    ])
    await catalog.organizations.removeMember(ada, 'makers', 'bob')
    assert.equal(await catalog.repositories.permissionOf(bob, 'makers/app'), undefined)
    await catalog.organizations.setMember(ada, 'makers', { account: 'bob', role: 'member' })
    assert.deepEqual(await catalog.organizations.listTeamMembers(ada, 'makers', 'devs'), [])
  })

  test('an organization keeps an owner, also when two leave at once', async () => {
    await using catalog = await open()
    const [ada, bob] = [await catalog.addAccount('ada'), await catalog.addAccount('bob')]
    await catalog.organizations.createOrganization(ada, { name: 'makers' })
    await assert.rejects(
      catalog.organizations.removeMember(ada, 'makers', 'ada'),
      coded('failed-precondition'),
    )
    await catalog.organizations.setMember(ada, 'makers', { account: 'bob', role: 'owner' })
    const { database, contents, clock } = catalog
    await using second = await openCatalog({ database, contents, now: () => clock.now })
    await Promise.allSettled([
      catalog.organizations.removeMember(ada, 'makers', 'ada'),
      second.organizations.removeMember(bob, 'makers', 'bob'),
    ])
    const left = await Promise.all(
      [ada, bob].map((viewer) =>
        catalog.organizations.listMembers(viewer, 'makers', page).catch(() => undefined),
      ),
    )
    assert.equal(left.find(Boolean)?.count, 1)
  })

  test('deleteOrganization() refuses while there are repositories, and retires the name', async () => {
    await using catalog = await open()
    const ada = await catalog.addAccount('ada')
    await catalog.organizations.createOrganization(ada, { name: 'makers' })
    await catalog.repositories.createRepository(ada, { name: 'makers/app' })
    await assert.rejects(
      catalog.organizations.deleteOrganization(ada, 'makers'),
      coded('failed-precondition'),
    )
    await catalog.repositories.deleteRepository(ada, 'makers/app')
    await catalog.organizations.deleteOrganization(ada, 'makers')
    assert.equal(await catalog.organizations.findOrganization('makers'), undefined)
    await assert.rejects(catalog.addAccount('makers'), coded('already-exists'))
  })

  test('the audit log says who did what in the namespace, the newest first', async () => {
    await using catalog = await open()
    const [ada, bob] = [await catalog.addAccount('ada'), await catalog.addAccount('bob')]
    await catalog.organizations.createOrganization(ada, { name: 'makers' })
    catalog.clock.now += 1000
    await catalog.repositories.createRepository(ada, { name: 'makers/app' })
    await catalog.repositories.setPrivate(ada, 'makers/app', true)
    const { count, entries } = await catalog.audit.listAudit(ada, 'makers', page)
    assert.equal(count, 3)
    assert.deepEqual(
      entries.map(({ action, actor, address }) => [action, actor, address]),
      [
        ['repo.change_privacy', 'ada', '192.0.2.1'],
        ['repo.create', 'ada', '192.0.2.1'],
        ['org.create', 'ada', '192.0.2.1'],
      ],
    )
    const since = await catalog.audit.listAudit(ada, 'makers', { ...page, from: catalog.clock.now })
    assert.equal(since.count, 2)
    const creations = await catalog.audit.listAudit(ada, 'makers', { ...page, action: 'repo.create' })
    assert.equal(creations.count, 1)
    await assert.rejects(catalog.audit.listAudit(bob, 'makers', page), coded('forbidden'))
    await assert.rejects(catalog.audit.listAudit(bob, 'nobody', page), coded('not-found'))
    catalog.clock.now += 367 * 24 * 60 * 60 * 1000
    await catalog.sweep()
    assert.equal((await catalog.audit.listAudit(ada, 'makers', page)).count, 0)
  })
})
