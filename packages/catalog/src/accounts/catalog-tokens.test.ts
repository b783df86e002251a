import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isCoded } from '@berth/stdx'
import { sql } from 'kysely'
import { passwordOf } from '../testsuite/add-account.ts'
import { testOnBothDatabases } from '../testsuite/test-databases.ts'

const hourMs = 60 * 60 * 1000

await testOnBothDatabases('access tokens', (open) => {
  test('a token signs in with its scope until it is off, expired or gone', async () => {
    await using catalog = await open()
    const [ada, bob] = [await catalog.addAccount('ada'), await catalog.addAccount('bob')]
    const expiresAt = catalog.clock.now + hourMs
    const token = await catalog.tokens.createToken(ada, { label: 'ci', scope: 'repo:write', expiresAt })
    assert.match(token.secret, /^bhp_[\w-]{43}$/)
    const login = await catalog.accounts.signIn('ada', token.secret)
    assert.deepEqual([login?.scope, login?.tokenId], ['repo:write', token.id])
    assert.equal(await catalog.accounts.signIn('bob', token.secret), undefined)
    assert.equal((await catalog.tokens.listTokens(ada))[0]?.lastUsedAt, catalog.clock.now)
    await assert.rejects(catalog.tokens.deleteToken(bob, token.id), (error) => isCoded(error, 'not-found'))
    await catalog.tokens.updateToken(ada, token.id, { isActive: false })
    assert.equal(await catalog.accounts.signIn('ada', token.secret), undefined)
    await catalog.tokens.updateToken(ada, token.id, { isActive: true })
    assert.ok(await catalog.accounts.signIn('ada', token.secret))
    catalog.clock.now = expiresAt
    assert.equal(await catalog.accounts.signIn('ada', token.secret), undefined)
  })

  test('a session that began with a token ends with it', async () => {
    await using catalog = await open()
    const ada = await catalog.addAccount('ada')
    const expiresAt = catalog.clock.now + 2 * hourMs
    const token = await catalog.tokens.createToken(ada, { label: 'ci', scope: 'repo:read', expiresAt })
    const login = await catalog.accounts.signIn('ada', token.secret)
    const session = await catalog.sessions.createSession(login!, { address: '', client: 'docker\n' })
    assert.equal((await catalog.sessions.findSession(session.secret))?.scope, 'repo:read')
    await catalog.tokens.updateToken(ada, token.id, { isActive: false })
    assert.equal(await catalog.sessions.findSession(session.secret), undefined)
    await catalog.tokens.updateToken(ada, token.id, { isActive: true })
    assert.ok(await catalog.sessions.findSession(session.secret))
    catalog.clock.now += 2 * hourMs
    assert.equal(await catalog.sessions.findSession(session.secret), undefined)
    await catalog.tokens.deleteToken(ada, token.id)
    assert.deepEqual(await catalog.sessions.listSessions(ada), [])
  })

  test('a session ends when it was idle too long, and stays while it is used', async () => {
    await using catalog = await open()
    await catalog.addAccount('ada')
    const login = await catalog.accounts.signIn('ada', passwordOf('ada'))
    const { secret } = await catalog.sessions.createSession(login!, { address: '', idleMs: 4 * hourMs })
    for (let round = 0; round < 5; round++) {
      catalog.clock.now += 3 * hourMs
      assert.ok(await catalog.sessions.findSession(secret))
    }
    catalog.clock.now += 4 * hourMs
    assert.equal(await catalog.sessions.findSession(secret), undefined)
    await catalog.sweep()
  })

  test('the database holds no secret as it is', async () => {
    await using catalog = await open()
    const ada = await catalog.addAccount('ada')
    const token = await catalog.tokens.createToken(ada, { label: 'ci', scope: 'repo:read' })
    const login = await catalog.accounts.signIn('ada', passwordOf('ada'))
    const session = await catalog.sessions.createSession(login!, { address: '' })
    const { db } = catalog.database.tables()
    const tables = ['hub_accounts', 'hub_access_tokens', 'hub_sessions', 'hub_audit']
    const all = await Promise.all(tables.map((table) => sql`SELECT * FROM ${sql.table(table)}`.execute(db)))
    const text = JSON.stringify(all.map(({ rows }) => rows))
    for (const secret of [token.secret, session.secret, passwordOf('ada')])
      assert.equal(text.includes(secret), false)
    assert.ok(text.includes('$argon2id$v=19$m=19456,t=2,p=1$'))
  })

  test('fields that a form does not have are not taken (CVE-2019-16097)', async () => {
    await using catalog = await open()
    const extra = { isAdministrator: true, is_administrator: 1, plan: 'business', id: 1, starCount: 99 }
    const form = { name: 'eve', email: 'eve@example.test', password: 'long enough', ...extra }
    const account = await catalog.accounts.signUp(form, '')
    const eve = { account, scope: 'repo:admin', tokenId: undefined, address: '' } as const
    assert.deepEqual([account.isAdministrator, account.plan], [false, 'personal'])
    const profile = await catalog.accounts.updateProfile(eve, { fullName: 'Eve', ...extra })
    assert.deepEqual([profile.isAdministrator, profile.plan], [false, 'personal'])
    const tokenForm = { label: 'x', scope: 'repo:read', accountId: 999, lastUsedAt: 5 } as const
    const token = await catalog.tokens.createToken(eve, tokenForm)
    assert.equal(token.lastUsedAt, undefined)
    await catalog.repositories.createRepository(eve, { name: 'eve/app', ...extra })
    const change = { description: 'x', isPrivate: true, pullCount: 5, ...extra }
    const repository = await catalog.repositories.updateRepository(eve, 'eve/app', change)
    assert.deepEqual([repository.isPrivate, repository.starCount, repository.pullCount], [false, 0, 0])
  })
})
