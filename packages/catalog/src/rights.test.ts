import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestOf, mediaTypes } from '@berth/oci'
import { isCoded } from '@berth/stdx'
import { passwordOf } from './testsuite/add-account.ts'
import { stranger, type TemporaryCatalog } from './testsuite/temporary-catalog.ts'
import { testOnBothDatabases } from './testsuite/test-databases.ts'
import { tokenScopes, type TokenScope, type Viewer } from './viewer.ts'

/** Everybody, by what they are to the repository: it belongs to an organization. */
const roles = [
  'stranger',
  'other',
  'collaborator read',
  'collaborator write',
  'collaborator admin',
  'team read',
  'team write',
  'team admin',
  'member',
  'owner',
  'administrator',
  'owner with repo:public_read',
  'owner with repo:read',
  'owner with repo:write',
  'owner with repo:admin',
] as const
type Role = (typeof roles)[number]

const tokens = roles.filter((role) => role.includes(' with '))
const admins: readonly Role[] = [
  'collaborator admin',
  'team admin',
  'owner',
  'administrator',
  'owner with repo:admin',
]
const writers: readonly Role[] = [...admins, 'collaborator write', 'team write', 'owner with repo:write']
const readers: readonly Role[] = [...writers, 'collaborator read', 'team read', 'owner with repo:read']
const persons = roles.filter((role) => role !== 'stranger' && !tokens.includes(role))
const signedIn = roles.filter((role) => role !== 'stranger')
const memberPersons: readonly Role[] = [
  'team read',
  'team write',
  'team admin',
  'member',
  'owner',
  'administrator',
]

interface Cell {
  catalog: TemporaryCatalog
  viewer: Viewer
  /** Of the organization `makers`; public or private, with the tag `v1`. */
  repository: string
  /** One that no other cell has. */
  unique: string
}

interface Row {
  /** Who may when the repository is public, and when it is private; the same where it does not matter. */
  may: readonly Role[] | { public: readonly Role[]; private: readonly Role[] }
  call: (cell: Cell) => Promise<unknown>
}

const reading = (call: Row['call']): Row => ({ may: { public: roles, private: readers }, call })
const administering = (call: Row['call']): Row => ({ may: admins, call })
/** What is no repository's is not hidden: who may not is refused. */
const refusedOpenly = new Set([
  'accounts',
  'tokens',
  'sessions',
  'organizations',
  'audit',
  'repositories.createRepository',
  'repositories.getPrivateUse',
])
const byRepository = new Set(['organizations.setTeamPermission', 'organizations.listTeamPermissions'])

const page = { page: 1, size: 10 }
const config = { mediaType: mediaTypes.ociConfig, digest: digestOf('config'), size: 2 }
const manifest = { schemaVersion: 2, mediaType: mediaTypes.ociManifest, config, layers: [] }
const manifestDigest = digestOf(JSON.stringify(manifest))

const rows: Readonly<Record<string, Row>> = {
  'accounts.updateProfile': {
    may: persons,
    call: ({ catalog, viewer }) => catalog.accounts.updateProfile(viewer, { fullName: 'Somebody' }),
  },
  'accounts.changePassword': {
    may: persons,
    call: ({ catalog, viewer }) => {
      const password = passwordOf(viewer.account?.name ?? '')
      return catalog.accounts.changePassword(viewer, { current: password, next: password })
    },
  },
  'accounts.resetPassword': {
    may: ['administrator'],
    call: ({ catalog, viewer }) =>
      catalog.accounts.resetPassword(viewer, 'bystander', passwordOf('bystander')),
  },
  'accounts.setAdministrator': {
    may: ['administrator'],
    call: ({ catalog, viewer }) => catalog.accounts.setAdministrator(viewer, 'bystander', false),
  },
  'accounts.setDisabled': {
    may: ['administrator'],
    call: ({ catalog, viewer }) => catalog.accounts.setDisabled(viewer, 'bystander', false),
  },
  'accounts.setPlan': {
    may: ['administrator'],
    call: ({ catalog, viewer }) => catalog.accounts.setPlan(viewer, 'bystander', 'pro'),
  },
  'accounts.listAccounts': {
    may: ['administrator'],
    call: ({ catalog, viewer }) => catalog.accounts.listAccounts(viewer, page),
  },
  'accounts.deleteAccount': {
    may: persons,
    async call({ catalog, viewer, unique }) {
      const { account } = await catalog.addAccount(unique)
      await catalog.accounts.deleteAccount(
        { ...viewer, account: viewer.account && account },
        passwordOf(unique),
      )
    },
  },
  'tokens.createToken': {
    may: persons,
    call: ({ catalog, viewer }) => catalog.tokens.createToken(viewer, { label: 'a', scope: 'repo:read' }),
  },
  'tokens.listTokens': { may: persons, call: ({ catalog, viewer }) => catalog.tokens.listTokens(viewer) },
  'tokens.updateToken': {
    may: persons,
    async call({ catalog, viewer }) {
      const { id } = await catalog.tokens.createToken(viewer, { label: 'b', scope: 'repo:read' })
      await catalog.tokens.updateToken(viewer, id, { isActive: false })
    },
  },
  'tokens.deleteToken': {
    may: persons,
    async call({ catalog, viewer }) {
      const { id } = await catalog.tokens.createToken(viewer, { label: 'c', scope: 'repo:read' })
      await catalog.tokens.deleteToken(viewer, id)
    },
  },
  'sessions.listSessions': {
    may: persons,
    call: ({ catalog, viewer }) => catalog.sessions.listSessions(viewer),
  },
  'sessions.endSessionById': {
    may: persons,
    async call({ catalog, viewer }) {
      const { account, scope, tokenId } = viewer
      if (account)
        await catalog.sessions.createSession({ account, scope, tokenId: undefined }, { address: '' })
      const [session] = tokenId === undefined ? await catalog.sessions.listSessions(viewer) : []
      await catalog.sessions.endSessionById(viewer, session?.id ?? '')
    },
  },
  'organizations.createOrganization': {
    may: persons,
    call: ({ catalog, viewer, unique }) =>
      catalog.organizations.createOrganization(viewer, { name: `${unique}-org` }),
  },
  'organizations.listOrganizations': {
    may: signedIn,
    call: ({ catalog, viewer }) => catalog.organizations.listOrganizations(viewer),
  },
  'organizations.updateOrganization': {
    may: ['owner', 'administrator'],
    call: ({ catalog, viewer }) =>
      catalog.organizations.updateOrganization(viewer, 'makers', { fullName: 'Makers' }),
  },
  'organizations.deleteOrganization': {
    may: ['owner', 'administrator'],
    async call({ catalog, viewer, unique }) {
      const name = `${unique}-org`
      const founder = await ownerOf(catalog)
      await catalog.organizations.createOrganization(founder, { name })
      await catalog.organizations.deleteOrganization(viewer, name)
    },
  },
  'organizations.listMembers': {
    may: [...memberPersons, ...tokens],
    call: ({ catalog, viewer }) => catalog.organizations.listMembers(viewer, 'makers', page),
  },
  'organizations.setMember': {
    may: ['owner', 'administrator'],
    call: ({ catalog, viewer }) =>
      catalog.organizations.setMember(viewer, 'makers', { account: 'the-member', role: 'member' }),
  },
  'organizations.removeMember': {
    may: ['owner', 'administrator'],
    async call({ catalog, viewer }) {
      const member = { account: 'bystander', role: 'member' } as const
      await catalog.organizations.setMember(await ownerOf(catalog), 'makers', member)
      await catalog.organizations.removeMember(viewer, 'makers', 'bystander')
    },
  },
  'organizations.listTeams': {
    may: [...memberPersons, ...tokens],
    call: ({ catalog, viewer }) => catalog.organizations.listTeams(viewer, 'makers'),
  },
  'organizations.createTeam': {
    may: ['owner', 'administrator'],
    call: ({ catalog, viewer, unique }) =>
      catalog.organizations.createTeam(viewer, 'makers', { name: `${unique}-team` }),
  },
  'organizations.deleteTeam': {
    may: ['owner', 'administrator'],
    async call({ catalog, viewer, unique }) {
      const name = `${unique}-gone`
      await catalog.organizations.createTeam(await ownerOf(catalog), 'makers', { name })
      await catalog.organizations.deleteTeam(viewer, 'makers', name)
    },
  },
  'organizations.listTeamMembers': {
    may: [...memberPersons, ...tokens],
    call: ({ catalog, viewer }) => catalog.organizations.listTeamMembers(viewer, 'makers', 'read'),
  },
  'organizations.addTeamMember': {
    may: ['owner', 'administrator'],
    call: ({ catalog, viewer }) =>
      catalog.organizations.addTeamMember(viewer, 'makers', { team: 'read', account: 'the-team-read' }),
  },
  'organizations.removeTeamMember': {
    may: ['owner', 'administrator'],
    async call({ catalog, viewer }) {
      const of = { team: 'spare', account: 'the-team-read' }
      await catalog.organizations.addTeamMember(await ownerOf(catalog), 'makers', of)
      await catalog.organizations.removeTeamMember(viewer, 'makers', of)
    },
  },
  'organizations.setTeamPermission': administering(({ catalog, viewer, repository }) =>
    catalog.organizations.setTeamPermission(viewer, repository, { team: 'spare', permission: 'read' }),
  ),
  'organizations.listTeamPermissions': administering(({ catalog, viewer, repository }) =>
    catalog.organizations.listTeamPermissions(viewer, repository),
  ),
  'repositories.getRepository': reading(({ catalog, viewer, repository }) =>
    catalog.repositories.getRepository(viewer, repository),
  ),
  'repositories.createRepository': {
    may: ['owner', 'administrator', 'owner with repo:write', 'owner with repo:admin'],
    call: ({ catalog, viewer, unique }) =>
      catalog.repositories.createRepository(viewer, { name: `makers/${unique}` }),
  },
  'repositories.updateRepository': {
    may: writers,
    call: ({ catalog, viewer, repository }) =>
      catalog.repositories.updateRepository(viewer, repository, { description: 'New' }),
  },
  'repositories.setPrivate': administering(async ({ catalog, viewer, repository }) => {
    const { isPrivate } = await catalog.repositories.getRepository(await ownerOf(catalog), repository)
    await catalog.repositories.setPrivate(viewer, repository, isPrivate)
  }),
  'repositories.deleteRepository': administering(async ({ catalog, viewer, repository, unique }) => {
    const fresh = `makers/${unique}`
    await copyRepository(catalog, repository, fresh)
    await catalog.repositories.deleteRepository(viewer, fresh)
  }),
  'repositories.setStarred': {
    may: {
      public: signedIn.filter((role) => !/public_read|repo:read/.test(role)),
      private: readers.filter((role) => role !== 'owner with repo:read'),
    },
    call: ({ catalog, viewer, repository }) => catalog.repositories.setStarred(viewer, repository, true),
  },
  'repositories.listCollaborators': administering(({ catalog, viewer, repository }) =>
    catalog.repositories.listCollaborators(viewer, repository),
  ),
  'repositories.setCollaborator': administering(({ catalog, viewer, repository }) =>
    catalog.repositories.setCollaborator(viewer, repository, { account: 'bystander', permission: 'read' }),
  ),
  'repositories.getPrivateUse': {
    may: ['owner', 'administrator', ...tokens.filter((role) => !role.includes('public_read'))],
    call: ({ catalog, viewer }) => catalog.repositories.getPrivateUse(viewer, 'makers'),
  },
  'images.listTags': reading(({ catalog, viewer, repository }) =>
    catalog.images.listTags(viewer, repository, page),
  ),
  'images.getTag': reading(({ catalog, viewer, repository }) =>
    catalog.images.getTag(viewer, repository, 'v1'),
  ),
  'images.deleteTag': administering(async ({ catalog, viewer, repository, unique }) => {
    catalog.contents.addManifest(repository, manifest, { name: unique, updatedAt: 1 })
    await catalog.images.deleteTag(viewer, repository, unique)
  }),
  'images.getImage': reading(({ catalog, viewer, repository }) =>
    catalog.images.getImage(viewer, repository, manifestDigest),
  ),
  'images.listReferrers': reading(({ catalog, viewer, repository }) =>
    catalog.images.listReferrers(viewer, repository, manifestDigest),
  ),
  'webhooks.listWebhooks': administering(({ catalog, viewer, repository }) =>
    catalog.webhooks.listWebhooks(viewer, repository),
  ),
  'webhooks.createWebhook': administering(async ({ catalog, viewer, repository, unique }) => {
    const form = { name: unique, url: 'https://x.test' }
    const { id } = await catalog.webhooks.createWebhook(viewer, repository, form)
    await catalog.webhooks.deleteWebhook(viewer, repository, id)
  }),
  'webhooks.deleteWebhook': administering(async ({ catalog, viewer, repository, unique }) => {
    const form = { name: unique, url: 'https://x.test' }
    const { id } = await catalog.webhooks.createWebhook(await ownerOf(catalog), repository, form)
    try {
      await catalog.webhooks.deleteWebhook(viewer, repository, id)
    } finally {
      await catalog.webhooks.deleteWebhook(await ownerOf(catalog), repository, id).catch(() => undefined)
    }
  }),
  'webhooks.listDeliveries': administering(async ({ catalog, viewer, repository }) => {
    const owner = await ownerOf(catalog)
    const [known] = await catalog.webhooks.listWebhooks(owner, repository)
    const form = { name: 'kept', url: 'https://x.test' }
    const { id } = known ?? (await catalog.webhooks.createWebhook(owner, repository, form))
    await catalog.webhooks.listDeliveries(viewer, repository, id)
  }),
  'webhooks.getBuildTrigger': administering(({ catalog, viewer, repository }) =>
    catalog.webhooks.getBuildTrigger(viewer, repository),
  ),
  'webhooks.listBuildRequests': administering(({ catalog, viewer, repository }) =>
    catalog.webhooks.listBuildRequests(viewer, repository),
  ),
  'audit.listAudit': {
    may: ['owner', 'administrator'],
    call: ({ catalog, viewer }) => catalog.audit.listAudit(viewer, 'makers', page),
  },
}

/** Asked by programs that are known otherwise, or harmless; lists of what the viewer sees have tests of their own. */
const withoutRow = new Set([
  'accounts.signUp',
  'accounts.createAdministrator',
  'accounts.signIn',
  'accounts.findAccount',
  'accounts.hasAccounts',
  'tokens.signIn',
  'sessions.createSession',
  'sessions.findSession',
  'sessions.endSession',
  'organizations.findOrganization',
  'repositories.permissionOf',
  'repositories.listRepositories',
  'repositories.listStarred',
  'repositories.search',
  'webhooks.takeDueDeliveries',
  'webhooks.settleDelivery',
  'webhooks.requestBuild',
  'webhooks.noteCallback',
])

async function ownerOf(catalog: TemporaryCatalog): Promise<Viewer> {
  return { ...stranger, account: await catalog.accounts.findAccount('the-owner'), scope: 'repo:admin' }
}

/** With the same visibility and the same rights. */
async function copyRepository(catalog: TemporaryCatalog, from: string, to: string): Promise<void> {
  const owner = await ownerOf(catalog)
  const { isPrivate } = await catalog.repositories.getRepository(owner, from)
  await openRepository(catalog, owner, { name: to, isPrivate })
}

async function openRepository(
  catalog: TemporaryCatalog,
  owner: Viewer,
  { name, isPrivate }: { name: string; isPrivate: boolean },
): Promise<void> {
  await catalog.repositories.createRepository(owner, { name, isPrivate, source: 'https://git.test/x' })
  for (const permission of ['read', 'write', 'admin'] as const) {
    const of = { account: `the-collaborator-${permission}`, permission }
    await catalog.repositories.setCollaborator(owner, name, of)
    await catalog.organizations.setTeamPermission(owner, name, { team: permission, permission })
  }
  catalog.contents.addManifest(name, manifest, { name: 'v1', updatedAt: 1 })
}

async function addPeople(catalog: TemporaryCatalog): Promise<Map<Role, Viewer>> {
  const people = new Map<Role, Viewer>([['stranger', stranger]])
  for (const role of roles.filter((role) => role !== 'stranger' && !tokens.includes(role))) {
    const name = `the-${role.replace(' ', '-')}`
    people.set(role, await catalog.addAccount(name, role === 'administrator' ? role : 'user'))
  }
  await catalog.addAccount('bystander')
  const owner = await ownerOf(catalog)
  for (const scope of tokenScopes)
    people.set(`owner with ${scope satisfies TokenScope}`, await catalog.withToken(owner, scope))
  await catalog.organizations.createOrganization(owner, { name: 'makers' })
  const administrator = people.get('administrator') ?? stranger
  await catalog.accounts.setPlan(administrator, 'makers', 'team')
  await catalog.organizations.createTeam(owner, 'makers', { name: 'spare' })
  for (const permission of ['read', 'write', 'admin'] as const) {
    const account = `the-team-${permission}`
    await catalog.organizations.createTeam(owner, 'makers', { name: permission })
    await catalog.organizations.setMember(owner, 'makers', { account, role: 'member' })
    await catalog.organizations.addTeamMember(owner, 'makers', { team: permission, account })
  }
  await catalog.organizations.setMember(owner, 'makers', { account: 'the-member', role: 'member' })
  return people
}

function isRefusedOpenly(name: string): boolean {
  const [service = ''] = name.split('.')
  return (refusedOpenly.has(service) || refusedOpenly.has(name)) && !byRepository.has(name)
}

function expectedOf(name: string, role: Role, visibility: 'public' | 'private'): string {
  const { may } = rows[name] ?? assert.fail()
  const allowed = 'public' in may ? may[visibility] : may
  if (allowed.includes(role)) return 'done'
  if (!isRefusedOpenly(name) && visibility === 'private' && !readers.includes(role)) return 'not-found'
  return role === 'stranger' ? 'unauthorized' : 'forbidden'
}

async function outcomeOf(action: Promise<unknown>): Promise<string> {
  try {
    await action
    return 'done'
  } catch (error) {
    if (isCoded(error)) return error.code
    throw error
  }
}

await testOnBothDatabases('rights', (open) => {
  test('every method of every service decides by role and visibility', async () => {
    await using catalog = await open()
    const people = await addPeople(catalog)
    const owner = await ownerOf(catalog)
    const repositories = { public: 'makers/shown', private: 'makers/hidden' }
    await openRepository(catalog, owner, { name: repositories.public, isPrivate: false })
    await openRepository(catalog, owner, { name: repositories.private, isPrivate: true })
    const wrong: string[] = []
    let cells = 0
    for (const [name, { call }] of Object.entries(rows)) {
      const isOfRepository = !isRefusedOpenly(name)
      for (const [visibility, repository] of Object.entries(repositories) as [
        'public' | 'private',
        string,
      ][]) {
        // What is not about a repository is the same for both.
        if (visibility === 'private' && !isOfRepository) continue
        for (const [role, viewer] of people) {
          const outcome = await outcomeOf(call({ catalog, viewer, repository, unique: `unique${++cells}` }))
          const expected = expectedOf(name, role, visibility)
          if (outcome !== expected)
            wrong.push(`${name} of ${visibility} by ${role}: ${outcome}, not ${expected}`)
        }
      }
    }
    assert.deepEqual(wrong, [])
    assert.ok(cells > 900, `${cells} cells`)
  })

  test('every method of every service has a row', async () => {
    await using catalog = await open()
    const { accounts, tokens, sessions, organizations, repositories, images, webhooks, audit } = catalog
    const services = { accounts, tokens, sessions, organizations, repositories, images, webhooks, audit }
    const methods = Object.entries(services).flatMap(([name, service]) =>
      Object.getOwnPropertyNames(Object.getPrototypeOf(service))
        .filter((method) => method !== 'constructor')
        .map((method) => `${name}.${method}`),
    )
    assert.ok(methods.length > 50)
    assert.deepEqual(
      methods.filter((method) => !(method in rows) && !withoutRow.has(method)),
      [],
    )
  })
})
