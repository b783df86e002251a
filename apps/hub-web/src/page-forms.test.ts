import assert from 'node:assert/strict'
import { test } from 'node:test'
import { passwordOf } from '@berth/catalog/testsuite'
import type { PageVisitor } from './testsuite/page-visitor.ts'
import { servePages } from './testsuite/served-pages.ts'

/** Sends a form of the page at `from`, and gives the page that it leads to. */
async function follow(
  visitor: PageVisitor,
  from: string,
  { fields, to = from }: { fields: Record<string, string>; to?: string },
): Promise<string> {
  const { status, headers, text } = await visitor.submit(from, fields, to)
  assert.equal(status, 303, `${to}: ${status} ${/role="alert"[^]*?<\/div>/.exec(text)?.[0] ?? ''}`)
  return (await visitor.get(headers.get('location') ?? '')).text
}

async function hubWithRepository() {
  const hub = await servePages()
  const ada = await hub.signedIn('ada')
  await follow(ada, '/new', { fields: { namespace: 'ada', name: 'web' } })
  return { hub, ada, [Symbol.asyncDispose]: () => hub[Symbol.asyncDispose]() }
}

test('a repository’s settings are saved, shown and searched', async () => {
  await using made = await hubWithRepository()
  const { hub, ada } = made
  const fields = {
    description: 'Serves pages',
    fullDescription: '# Web\r\n\r\n*Serves* pages',
    category: 'web-servers',
    source: 'https://git.example.test/ada/web',
  }
  const shown = await follow(ada, '/r/ada/web/-/settings', { fields })
  for (const part of [
    'Saved.',
    '<em>Serves</em> pages',
    'Web servers',
    'git.example.test/ada/web',
    'Automated',
  ])
    assert.ok(shown.includes(part), part)
  const found = (await hub.visitor().get('/search?automated=1&category=web-servers')).text
  assert.match(found, /href="\/r\/ada\/web"/)
  const refused = await ada.submit('/r/ada/web/-/settings', { ...fields, source: 'javascript:alert(1)' })
  assert.equal(refused.status, 400)
  assert.match(refused.text, /value="javascript:alert\(1\)"/)
  assert.doesNotMatch(refused.text, /href="javascript/)
})

test('a repository is deleted by who types its name', async () => {
  await using made = await hubWithRepository()
  const { ada } = made
  const from = '/r/ada/web/-/settings'
  const to = '/r/ada/web/-/delete'
  assert.equal((await ada.submit(from, { confirmation: 'ada/other' }, to)).status, 400)
  assert.equal((await ada.get('/r/ada/web')).status, 200)
  assert.match(await follow(ada, from, { fields: { confirmation: 'ada/web' }, to }), /are deleted/)
  assert.equal((await ada.get('/r/ada/web')).status, 404)
})

test('collaborators are given rights and lose them', async () => {
  await using made = await hubWithRepository()
  const { hub, ada } = made
  const bob = await hub.signedIn('bob')
  const path = '/r/ada/web/-/collaborators'
  assert.equal((await bob.get('/r/ada/web/-/settings')).status, 403)
  const fields = { kind: 'account', holder: 'bob', permission: 'write' }
  assert.match(await follow(ada, path, { fields }), /rights are saved[^]*>bob</)
  assert.equal((await bob.get('/r/ada/web/-/settings')).status, 200)
  assert.equal((await bob.get(path)).status, 403)
  const unknown = await ada.submit(path, { ...fields, holder: 'nobody-here' })
  assert.equal(unknown.status, 404)
  assert.match(unknown.text, /role="alert"[^]*nobody-here/)
  assert.equal((await ada.submit(path, { ...fields, permission: 'owner' })).status, 400)
  await follow(ada, path, { fields: { ...fields, permission: 'none' } })
  assert.equal((await bob.get('/r/ada/web/-/settings')).status, 403)
})

test('a webhook is added with a secret that is shown once, and deleted', async () => {
  await using made = await hubWithRepository()
  const { ada } = made
  const path = '/r/ada/web/-/webhooks'
  const refused = await ada.submit(path, { name: 'deploy', url: 'ftp://example.test' })
  assert.equal(refused.status, 400)
  const added = await ada.submit(path, { name: 'deploy', url: 'https://example.test/hook' })
  const secret = /id="webhook-secret">([^<]+)</.exec(added.text)?.[1]
  assert.ok(secret)
  const { text } = await ada.get(path)
  assert.equal(text.includes(secret), false)
  const deliveries = /href="(\/r\/ada\/web\/-\/webhooks\/[^"]+)"/.exec(text)?.[1] ?? ''
  assert.match((await ada.get(deliveries)).text, /Nothing has been sent yet/)
  assert.match(await follow(ada, path, { fields: {}, to: `${deliveries}/delete` }), /No webhooks yet/)
})

test('access tokens are paused, used no more, and deleted', async () => {
  await using hub = await servePages()
  const ada = await hub.signedIn('ada')
  const path = '/settings/tokens'
  const { text } = await ada.submit(path, { label: 'ci', scope: 'repo:read', lifetime: '' })
  const secret = /bhp_[\w-]+/.exec(text)?.[0] ?? ''
  const update = /action="(\/settings\/tokens\/[^"]+\/update)"/.exec(text)?.[1] ?? ''
  assert.match(await follow(ada, path, { fields: { active: '0' }, to: update }), /Paused/)
  assert.equal(await hub.catalog.accounts.signIn('ada', secret), undefined)
  const remove = update.replace(/update$/, 'delete')
  assert.match(await follow(ada, path, { fields: {}, to: remove }), /No access tokens yet/)
  for (const wrong of [{ scope: 'admin' }, { lifetime: '99999' }, { label: '' }])
    assert.equal(
      (await ada.submit(path, { label: 'x', scope: 'repo:read', lifetime: '', ...wrong })).status,
      400,
    )
})

test('showSessions() says which session is of this browser', async () => {
  await using hub = await servePages()
  const [first, second] = [await hub.signedIn('ada'), await hub.signedIn('ada')]
  const rowsOf = async (visitor: typeof first) =>
    (await visitor.get('/settings/sessions')).text
      .split('<li class="row">')
      .slice(1)
      .map((row) => ({ id: /name="id" value="([^"]+)"/.exec(row)?.[1], isOwn: row.includes('This browser') }))
  const [shownFirst, shownSecond] = [await rowsOf(first), await rowsOf(second)]
  assert.equal(shownFirst.length, 2)
  const ownOf = (rows: typeof shownFirst) => rows.filter(({ isOwn }) => isOwn).map(({ id }) => id)
  assert.equal(ownOf(shownFirst).length, 1)
  assert.notDeepEqual(ownOf(shownFirst), ownOf(shownSecond))
  await first.submit('/settings/sessions', { id: ownOf(shownFirst)[0] ?? '' })
  assert.equal((await first.get('/settings')).status, 303, 'signed out')
})

test('tokens and sessions of somebody else are not there', async () => {
  await using hub = await servePages()
  const [ada, eve] = [await hub.signedIn('ada'), await hub.signedIn('eve')]
  const { text } = await ada.submit('/settings/tokens', { label: 'ci', scope: 'repo:read', lifetime: '' })
  const update = /action="(\/settings\/tokens\/[^"]+\/update)"/.exec(text)?.[1] ?? ''
  assert.equal((await eve.submit('/settings/tokens', { active: '0' }, update)).status, 404)
  const session = /name="id" value="([^"]+)"/.exec((await ada.get('/settings/sessions')).text)?.[1] ?? ''
  assert.equal((await eve.submit('/settings/sessions', { id: session })).status, 404)
  assert.equal((await ada.get('/settings')).status, 200)
  await ada.submit('/settings/sessions', { id: session })
  assert.equal((await ada.get('/settings')).status, 303)
})

test('an organization gets members, a team, and rights for it', async () => {
  await using hub = await servePages()
  const [ada, bob] = [await hub.signedIn('ada'), await hub.signedIn('bob')]
  await follow(ada, '/orgs', { fields: { name: 'harbour', fullName: 'Harbour Authority' } })
  assert.equal((await bob.get('/orgs/harbour/members')).status, 404)
  await follow(ada, '/orgs/harbour/members', { fields: { account: 'bob', role: 'member' } })
  assert.equal((await bob.get('/orgs/harbour/members')).status, 200)
  assert.equal((await bob.get('/orgs/harbour/settings')).status, 403)
  await follow(ada, '/orgs/harbour/teams', { fields: { name: 'pilots' } })
  const team = '/orgs/harbour/teams/pilots'
  assert.match(await follow(ada, team, { fields: { account: 'bob' }, to: `${team}/add` }), /href="\/u\/bob"/)
  await follow(ada, '/new', { fields: { namespace: 'harbour', name: 'crane' } })
  const rights = { kind: 'team', holder: 'pilots', permission: 'write' }
  assert.match(await follow(ada, '/r/harbour/crane/-/collaborators', { fields: rights }), />Team</)
  assert.equal((await bob.get('/r/harbour/crane/-/settings')).status, 200)
  await follow(ada, team, { fields: { account: 'bob' }, to: `${team}/remove` })
  assert.equal((await bob.get('/r/harbour/crane/-/settings')).status, 403)
  await follow(ada, team, { fields: {}, to: `${team}/delete` })
  const lastOwner = await ada.submit('/orgs/harbour/members', { account: 'ada', role: 'none' })
  assert.equal(lastOwner.status, 409)
  const deletion = { confirmation: 'harbour' }
  const withRepository = await ada.submit('/orgs/harbour/settings', deletion, '/orgs/harbour/delete')
  assert.equal(withRepository.status, 409)
  assert.match((await ada.get('/orgs/harbour/audit')).text, /team/)
})

test('an account is deleted with its password, and its name typed', async () => {
  await using made = await hubWithRepository()
  const { hub, ada } = made
  const path = '/settings/delete'
  const right = { confirmation: 'ada', password: passwordOf('ada') }
  assert.equal((await ada.submit(path, { ...right, password: 'wrong' })).status, 403)
  assert.equal((await ada.submit(path, { ...right, confirmation: 'x' })).status, 400)
  assert.match(await follow(ada, path, { fields: right }), /all that was in it are deleted/)
  assert.equal((await hub.visitor().get('/r/ada/web')).status, 404)
  assert.equal((await hub.visitor().get('/u/ada')).status, 404)
})

test('a profile is changed, and what will not do is said', async () => {
  await using hub = await servePages()
  const ada = await hub.signedIn('ada')
  const fields = { fullName: 'Ada Lovelace', email: 'ada@example.test' }
  assert.match(await follow(ada, '/settings', { fields }), /value="Ada Lovelace"/)
  assert.equal((await ada.submit('/settings', { ...fields, email: 'none' })).status, 400)
  assert.match((await hub.visitor().get('/u/ada')).text, /<h1>Ada Lovelace<\/h1>/)
  const differ = { current: passwordOf('ada'), 'next-password': 'one long password', repeated: 'another one' }
  assert.equal((await ada.submit('/settings/password', differ)).status, 400)
  const wrong = { ...differ, current: 'wrong', repeated: 'one long password' }
  assert.equal((await ada.submit('/settings/password', wrong)).status, 403)
})

test('builds have an address for a git host, for who manages the repository', async () => {
  await using made = await hubWithRepository()
  const { hub, ada } = made
  assert.match((await ada.get('/r/ada/web/-/builds')).text, /No source is named/)
  const fields = { description: '', fullDescription: '', source: 'https://git.example.test/ada/web' }
  await follow(ada, '/r/ada/web/-/settings', { fields })
  assert.match((await ada.get('/r/ada/web/-/builds')).text, new RegExp(`${hub.url}/api/build/[\\w-]+`))
  const bob = await hub.signedIn('bob')
  assert.equal((await bob.get('/r/ada/web/-/builds')).status, 403)
})
