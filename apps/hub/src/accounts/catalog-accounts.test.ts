import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Account } from '@berth/registry-server'
import { openTemporaryCatalog } from '@berth/catalog/testsuite'
import { CatalogAccounts, hubAccount } from './catalog-accounts.ts'
import { MirroredRights } from './mirrored-rights.ts'

async function openAccount(stack: AsyncDisposableStack) {
  const catalog = stack.use(await openTemporaryCatalog())
  const viewer = await catalog.addAccount('ada')
  assert.ok(viewer.account)
  const session = await catalog.sessions.createSession(
    { account: viewer.account, scope: 'repo:admin', tokenId: undefined },
    { address: '192.0.2.1' },
  )
  const login = (await catalog.sessions.findSession(session.secret)) ?? assert.fail()
  const accounts = new CatalogAccounts(catalog, new MirroredRights([], []))
  return { catalog, viewer, session, login, accounts }
}

test('findAccount() knows a login by what a token says of it, until its session is over', async () => {
  await using stack = new AsyncDisposableStack()
  const { catalog, session, login, accounts } = await openAccount(stack)
  const { signedIn: _, ...said } = hubAccount(login)
  assert.deepEqual((await accounts.findAccount(said))?.signedIn.sessionId, login.sessionId)
  await catalog.sessions.endSession(session.secret)
  assert.equal(await accounts.findAccount(said), undefined)
})

test('findAccount() reads what replicas of other versions write, and writes what they read', async () => {
  await using stack = new AsyncDisposableStack()
  const { catalog, viewer, login, accounts } = await openAccount(stack)
  const before: Account = { name: 'ada', login: 'repo:admin' }
  assert.equal((await accounts.findAccount(before))?.signedIn.scope, 'repo:admin')
  assert.equal(hubAccount(login).login, before.login, 'the session is told elsewhere')
  const { id } = await catalog.tokens.createToken(viewer, { label: 'ci', scope: 'repo:read' })
  const withToken = { name: 'ada', login: `repo:read ${id}` }
  assert.equal((await accounts.findAccount(withToken))?.signedIn.tokenId, id)
  assert.equal(hubAccount({ ...login, scope: 'repo:read', tokenId: id }).login, withToken.login)
  for (const login of ['', 'repo:everything', 'repo:read 0b1c'])
    assert.equal(await accounts.findAccount({ name: 'ada', login }), undefined, login)
})
