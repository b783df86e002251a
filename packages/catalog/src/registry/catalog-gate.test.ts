import assert from 'node:assert/strict'
import { test } from 'node:test'
import { passwordOf } from '../testsuite/add-account.ts'
import type { TemporaryCatalog } from '../testsuite/temporary-catalog.ts'
import { testOnBothDatabases } from '../testsuite/test-databases.ts'
import type { TokenScope, Viewer } from '../viewer.ts'

interface Case {
  catalog: TemporaryCatalog
  /** Owns `makers`, which has the private `makers/app`. */
  ada: Viewer
  chief: Viewer
  /** Whose rights end. */
  bob: Viewer
}

interface Row {
  give: (of: Case) => Promise<unknown>
  take: (of: Case) => Promise<unknown>
  /** What is left (default: nothing). */
  left?: 'read'
}

const app = 'makers/app'
const asCollaborator = ({ catalog, ada }: Case, permission: 'read' | 'write' | undefined) =>
  catalog.repositories.setCollaborator(ada, app, { account: 'bob', permission })
const asMember = ({ catalog, ada }: Case, role: 'owner' | 'member') =>
  catalog.organizations.setMember(ada, 'makers', { account: 'bob', role })
const withTeam = ({ catalog, ada }: Case, permission: 'read' | 'write' | undefined) =>
  catalog.organizations.setTeamPermission(ada, app, { team: 'devs', permission })
const inTeam = async (of: Case) => {
  await asMember(of, 'member')
  await withTeam(of, 'write')
  await of.catalog.organizations.addTeamMember(of.ada, 'makers', { team: 'devs', account: 'bob' })
}

/** Every way in which somebody loses rights on a repository that stays, or that is another one afterwards. */
const rows: Readonly<Record<string, Row>> = {
  'a collaborator is removed': {
    give: (of) => asCollaborator(of, 'write'),
    take: (of) => asCollaborator(of, undefined),
  },
  'a collaborator may only read now': {
    give: (of) => asCollaborator(of, 'write'),
    take: (of) => asCollaborator(of, 'read'),
    left: 'read',
  },
  'a member is removed from the team': {
    give: inTeam,
    take: ({ catalog, ada }) =>
      catalog.organizations.removeTeamMember(ada, 'makers', { team: 'devs', account: 'bob' }),
  },
  'a member is removed from the organization': {
    give: inTeam,
    take: ({ catalog, ada }) => catalog.organizations.removeMember(ada, 'makers', 'bob'),
  },
  'the team is deleted': {
    give: inTeam,
    take: ({ catalog, ada }) => catalog.organizations.deleteTeam(ada, 'makers', 'devs'),
  },
  'the team has no rights any more': { give: inTeam, take: (of) => withTeam(of, undefined) },
  'the team may only read now': { give: inTeam, take: (of) => withTeam(of, 'read'), left: 'read' },
  'an owner becomes a member': { give: (of) => asMember(of, 'owner'), take: (of) => asMember(of, 'member') },
  'the account is disabled': {
    give: (of) => asCollaborator(of, 'write'),
    take: ({ catalog, chief }) => catalog.accounts.setDisabled(chief, 'bob', true),
  },
  'an administrator is none any more': {
    give: ({ catalog, chief }) => catalog.accounts.setAdministrator(chief, 'bob', true),
    take: ({ catalog, chief }) => catalog.accounts.setAdministrator(chief, 'bob', false),
  },
  'the repository becomes private': {
    give: ({ catalog, ada }) => catalog.repositories.setPrivate(ada, app, false),
    take: ({ catalog, ada }) => catalog.repositories.setPrivate(ada, app, true),
  },
  'the repository is deleted, and made again': {
    give: (of) => asCollaborator(of, 'write'),
    async take({ catalog, ada }) {
      await catalog.repositories.deleteRepository(ada, app)
      await catalog.repositories.createRepository(ada, { name: app, isPrivate: true })
    },
  },
}

/** What a login of some time ago is worth now. */
async function permissionNow(
  { catalog }: Case,
  login: { name: string; scope: TokenScope; tokenId: string | undefined },
) {
  const found = await catalog.registry.findLogin(login)
  return found && catalog.registry.permissionFor(found, app)
}

await testOnBothDatabases('registry gate', (open) => {
  test('findLogin() and permissionFor() tell of a login what it is worth now, whatever took rights away', async () => {
    for (const [name, { give, take, left }] of Object.entries(rows)) {
      await using catalog = await open()
      const chief = await catalog.addAccount('chief', 'administrator')
      const [ada, bob] = [await catalog.addAccount('ada'), await catalog.addAccount('bob')]
      const of = { catalog, ada, bob, chief }
      await catalog.organizations.createOrganization(ada, { name: 'makers' })
      await catalog.organizations.createTeam(ada, 'makers', { name: 'devs' })
      await catalog.repositories.createRepository(ada, { name: app, isPrivate: true })
      const login = { name: 'bob', scope: 'repo:admin', tokenId: undefined } as const
      assert.equal(await permissionNow(of, login), undefined, name)
      await give(of)
      assert.ok(await permissionNow(of, login), name)
      await take(of)
      assert.equal(await permissionNow(of, login), left, name)
    }
  })

  test('findLogin() finds none for an access token that counts no more, and gives its scope otherwise', async () => {
    await using catalog = await open()
    const [ada] = [await catalog.addAccount('ada'), await catalog.addAccount('bob')]
    const form = { label: 'ci', scope: 'repo:read', expiresAt: catalog.clock.now + 1000 } as const
    const find = (name: string, tokenId: string) =>
      catalog.registry.findLogin({ name, scope: 'repo:read', tokenId })
    const { id } = await catalog.tokens.createToken(ada, form)
    assert.equal((await find('ada', id))?.scope, 'repo:read')
    assert.equal(await find('bob', id), undefined, "another's")
    await catalog.tokens.updateToken(ada, id, { isActive: false })
    assert.equal(await find('ada', id), undefined, 'switched off')
    await catalog.tokens.updateToken(ada, id, { isActive: true })
    assert.ok(await find('ada', id))
    catalog.clock.now += 1000
    assert.equal(await find('ada', id), undefined, 'expired')
    const other = await catalog.tokens.createToken(ada, { label: 'other', scope: 'repo:read' })
    assert.ok(await find('ada', other.id))
    await catalog.tokens.deleteToken(ada, other.id)
    assert.equal(await find('ada', other.id), undefined, 'deleted')
    for (const name of ['nobody', '', "x' OR 1=1"]) assert.equal(await find(name, id), undefined)
  })

  test('findLogin() finds none for a session that is over', async () => {
    await using catalog = await open()
    const [ada] = [await catalog.addAccount('ada'), await catalog.addAccount('bob')]
    const login = await catalog.accounts.signIn('ada', passwordOf('ada'))
    const begin = async () => {
      const { secret } = await catalog.sessions.createSession(login ?? assert.fail(), { address: '' })
      const found = (await catalog.sessions.findSession(secret)) ?? assert.fail()
      return { secret, sessionId: found.sessionId ?? assert.fail() }
    }
    const find = (name: string, sessionId: string) =>
      catalog.registry.findLogin({ name, scope: 'repo:admin', tokenId: undefined, sessionId })
    const [left, ended, taken] = [await begin(), await begin(), await begin()]
    assert.equal((await find('ada', ended.sessionId))?.account.name, 'ada')
    assert.equal(await find('bob', ended.sessionId), undefined, "another's")
    await catalog.sessions.endSession(ended.secret)
    assert.equal(await find('ada', ended.sessionId), undefined, 'signed out')
    await catalog.sessions.endSessionById(ada, taken.sessionId)
    assert.equal(await find('ada', taken.sessionId), undefined, 'ended from the list')
    assert.ok(await find('ada', left.sessionId))
    catalog.clock.now += 31 * 24 * 60 * 60 * 1000
    assert.equal(await find('ada', left.sessionId), undefined, 'idle')
  })
})
