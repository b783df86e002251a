import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CodedError } from '@berth/stdx'
import { passwordOf } from '@berth/catalog/testsuite'
import { findFormToken } from './testsuite/page-visitor.ts'
import { servePages } from './testsuite/served-pages.ts'

test('createPages() signs somebody up, makes a repository, and shows it to everyone', async () => {
  await using hub = await servePages()
  const ada = hub.visitor()
  const form = { name: 'ada', email: 'ada@example.test', password: passwordOf('ada') }
  const signedUp = await ada.submit('/signup', form)
  assert.deepEqual([signedUp.status, signedUp.headers.get('location')], [303, '/'])
  assert.match((await ada.get('/')).text, /Welcome\. Your account is ready\./)
  assert.doesNotMatch((await ada.get('/')).text, /Welcome\. Your account/)
  const created = await ada.submit('/new', { namespace: 'ada', name: 'web', description: 'Serves <pages>' })
  assert.equal(created.headers.get('location'), '/r/ada/web')
  const shown = await hub.visitor().get('/r/ada/web')
  assert.equal(shown.status, 200)
  assert.match(shown.text, /Serves &lt;pages/)
  assert.match((await hub.visitor().get('/search?q=serves')).text, /One image/)
})

test('createPages() shows a private repository to strangers as one that is not there', async () => {
  await using hub = await servePages()
  const ada = await hub.signedIn('ada')
  await ada.submit('/new', { namespace: 'ada', name: 'secret', visibility: 'private' })
  const stranger = await hub.signedIn('eve')
  for (const visitor of [stranger, hub.visitor()]) {
    for (const part of ['', '/-/tags', '/-/tags/latest']) {
      const [there, absent] = [
        await visitor.get(`/r/ada/secret${part}`),
        await visitor.get(`/r/ada/absent${part}`),
      ]
      assert.equal(there.status, 404)
      assert.equal(withoutTokens(there.text), withoutTokens(absent.text).replaceAll('absent', 'secret'))
    }
    assert.doesNotMatch((await visitor.get('/u/ada')).text, /secret/)
    assert.doesNotMatch((await visitor.get('/search?q=secret')).text, /ada\/secret/)
  }
  assert.equal((await ada.get('/r/ada/secret')).status, 200)
})

test('createPages() says a form again with what was wrong and what was sent, but no password', async () => {
  await using hub = await servePages()
  const refused = await hub
    .visitor()
    .submit('/signup', { name: 'A!', email: 'a@example.test', password: 'hunter22' })
  assert.equal(refused.status, 400)
  assert.match(refused.text, /role="alert"/)
  assert.match(refused.text, /value="A!"/)
  assert.doesNotMatch(refused.text, /hunter22/)
})

test('createPages() refuses the second private repository in the plan’s words', async () => {
  await using hub = await servePages()
  const ada = await hub.signedIn('ada')
  await ada.submit('/new', { namespace: 'ada', name: 'one', visibility: 'private' })
  const refused = await ada.submit('/new', { namespace: 'ada', name: 'two', visibility: 'private' })
  assert.equal(refused.status, 409)
  assert.match(refused.text, /personal/i)
  assert.match(refused.text, /value="two"/)
})

test('createPages() says when somebody who tried too often may try again', async () => {
  const tooMany = Object.assign(new CodedError('unavailable', 'too many'), { retryAfterMs: 59_500 })
  await using hub = await servePages({ signIn: () => Promise.reject(tooMany) })
  const refused = await hub.visitor().submit('/signin', { name: 'ada', password: 'x' })
  assert.deepEqual([refused.status, refused.headers.get('retry-after')], [429, '60'])
  assert.match(refused.text, /too many tries to sign in/)
})

test('createPages() shows an access token once', async () => {
  await using hub = await servePages()
  const ada = await hub.signedIn('ada')
  const made = await ada.submit('/settings/tokens', { label: 'ci', scope: 'repo:write', lifetime: '30' })
  const secret = /bhp_[\w-]+/.exec(made.text)?.[0]
  assert.ok(secret)
  assert.equal((await hub.catalog.accounts.signIn('ada', secret))?.scope, 'repo:write')
  const { text, headers } = await ada.get('/settings/tokens')
  assert.match(text, /Pull and push/)
  assert.doesNotMatch(text, /bhp_/)
  assert.equal(headers.get('cache-control'), 'no-store')
})

test('createPages() asks strangers to sign in and brings them back', async () => {
  await using hub = await servePages()
  await hub.catalog.addAccount('ada')
  const visitor = hub.visitor()
  const asked = await visitor.get('/settings/tokens?x=1')
  const signIn = asked.headers.get('location') ?? ''
  assert.equal(signIn, '/signin?next=%2Fsettings%2Ftokens%3Fx%3D1')
  const { text } = await visitor.get(signIn)
  const next = /name="next" value="(\/settings[^"]*)"/.exec(text)?.[1]?.replaceAll('&amp;', '&') ?? ''
  const form = { 'form-token': findFormToken(text), name: 'ada', password: passwordOf('ada'), next }
  assert.equal((await visitor.post('/signin', form)).headers.get('location'), '/settings/tokens?x=1')
})

test('createPages() leads nowhere else after signing in (open redirect)', async () => {
  await using hub = await servePages()
  await hub.catalog.addAccount('ada')
  for (const next of [
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    '/%09/evil.example/..//x',
  ]) {
    const form = { name: 'ada', password: passwordOf('ada'), next }
    const location = (await hub.visitor().submit('/signin', form)).headers.get('location') ?? ''
    assert.equal(new URL(location, hub.url).origin, hub.url, next)
    const theme = await hub.visitor().post('/theme', { theme: 'dark', next })
    assert.equal(new URL(theme.headers.get('location') ?? '', hub.url).origin, hub.url, next)
  }
})

test('createPages() takes no form that it did not show to this browser (CSRF)', async () => {
  await using hub = await servePages()
  const [ada, eve] = [await hub.signedIn('ada'), await hub.signedIn('eve')]
  await ada.submit('/new', { namespace: 'ada', name: 'web' })
  const visibility = { visibility: 'private' }
  const path = '/r/ada/web/-/visibility'
  const ownToken = findFormToken((await ada.get('/r/ada/web/-/settings')).text)
  const evesToken = findFormToken((await eve.get('/settings')).text)
  const tries = [
    ada.post(path, visibility),
    ada.post(path, { ...visibility, 'form-token': evesToken }),
    ada.post(
      path,
      { ...visibility, 'form-token': ownToken },
      { headers: { origin: 'https://evil.example' } },
    ),
    ada.post(path, { ...visibility, 'form-token': ownToken }, { headers: { origin: 'null' } }),
  ]
  for (const refused of await Promise.all(tries)) assert.equal(refused.status, 403)
  assert.equal((await hub.visitor().get('/r/ada/web')).status, 200)
  const taken = await ada.post(
    path,
    { ...visibility, 'form-token': ownToken },
    { headers: { origin: hub.url } },
  )
  assert.equal(taken.status, 303)
  assert.equal((await hub.visitor().get('/r/ada/web')).status, 404)
})

test('createPages() signs nobody in by a form of another site (sign-in CSRF)', async () => {
  await using hub = await servePages()
  await hub.catalog.addAccount('eve')
  const victim = hub.visitor()
  const evesToken = findFormToken((await hub.visitor().get('/signin')).text)
  const form = { name: 'eve', password: passwordOf('eve'), 'form-token': evesToken }
  assert.equal((await victim.post('/signin', form)).status, 403)
  assert.equal(victim.cookies.has('berth_session'), false)
})

test('createPages() gives every sign-in a session of its own (session fixation)', async () => {
  await using hub = await servePages()
  await hub.catalog.addAccount('ada')
  const eve = await hub.signedIn('eve')
  const planted = eve.cookies.get('berth_session') ?? ''
  const ada = hub.visitor()
  ada.cookies.set('berth_session', planted)
  // Signed in as eve, the browser is sent on; with a form all the same, it gets another secret, and eve's ends.
  const token = findFormToken((await ada.get('/settings')).text)
  const form = { name: 'ada', password: passwordOf('ada'), 'form-token': token }
  assert.equal((await ada.post('/signin', form)).status, 303)
  assert.notEqual(ada.cookies.get('berth_session'), planted)
  assert.equal(await hub.catalog.sessions.findSession(planted), undefined)
  const madeUp = hub.visitor()
  madeUp.cookies.set('berth_session', 'x'.repeat(43))
  assert.equal((await madeUp.get('/settings')).status, 303)
})

test('createPages() ends the session when somebody signs out, and with a new password all others', async () => {
  await using hub = await servePages()
  const [first, second] = [await hub.signedIn('ada'), await hub.signedIn('ada')]
  const secret = first.cookies.get('berth_session') ?? ''
  await first.submit('/settings', {}, '/signout')
  assert.equal(first.cookies.has('berth_session'), false)
  assert.equal(await hub.catalog.sessions.findSession(secret), undefined)
  const third = await hub.signedIn('ada')
  const next = 'another password entirely'
  const passwords = { current: passwordOf('ada'), 'next-password': next, repeated: next }
  assert.equal((await third.submit('/settings/password', passwords)).status, 303)
  assert.equal((await third.get('/settings')).status, 200)
  assert.equal((await second.get('/settings')).status, 303)
})

test('createPages() lists the accounts of a hub to administrators alone', async () => {
  await using hub = await servePages()
  const [keeper, ada] = [await hub.signedIn('keeper', 'administrator'), await hub.signedIn('ada')]
  assert.match((await keeper.get('/admin/accounts')).text, /ada@example\.test/)
  assert.equal((await ada.get('/admin/accounts')).status, 404)
  assert.equal((await ada.submit('/settings', { plan: 'business' }, '/admin/accounts/ada/plan')).status, 404)
  assert.equal(
    (await keeper.submit('/admin/accounts', { plan: 'pro' }, '/admin/accounts/ada/plan')).status,
    303,
  )
  assert.equal((await hub.catalog.accounts.findAccount('ada'))?.plan, 'pro')
  assert.doesNotMatch((await hub.visitor().get('/u/ada')).text, /example\.test/)
  assert.equal(
    (await ada.submit('/settings', { administrator: '1' }, '/admin/accounts/ada/role')).status,
    404,
  )
  await keeper.submit('/admin/accounts', { disabled: '1' }, '/admin/accounts/ada/state')
  assert.equal((await ada.get('/settings')).status, 303)
  const refused = await hub.visitor().submit('/signin', { name: 'ada', password: passwordOf('ada') })
  assert.equal(refused.status, 400)
})

test('createPages() says on a new hub how to begin', async () => {
  await using closed = await servePages()
  assert.match((await closed.visitor().get('/')).text, /berth-hub admin create/)
  await using hub = await servePages({ firstAccountIsAdministrator: true })
  assert.match((await hub.visitor().get('/')).text, /Who signs up first is its administrator/)
  await hub.signedIn('ada')
  assert.doesNotMatch((await hub.visitor().get('/')).text, /administrator/)
})

test('createPages() takes no sign-ups where the hub is closed', async () => {
  await using hub = await servePages({ isSignUpOpen: false })
  assert.equal((await hub.visitor().get('/signup')).status, 403)
  const form = { name: 'ada', email: 'ada@example.test', password: passwordOf('ada') }
  assert.equal((await hub.visitor().submit('/signin', form, '/signup')).status, 403)
  assert.equal(await hub.catalog.accounts.hasAccounts(), false)
})

test('createPages() sends headers that keep pages from being framed, sniffed and scripted', async () => {
  await using hub = await servePages()
  for (const path of ['/', '/search', '/nope', '/settings']) {
    const { headers } = await hub.visitor().get(path)
    const policy = headers.get('content-security-policy') ?? ''
    for (const rule of [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "frame-ancestors 'none'",
    ])
      assert.ok(policy.includes(rule), `${path}: ${rule}`)
    assert.doesNotMatch(policy, /unsafe/)
    assert.equal(headers.get('x-frame-options'), 'DENY')
    assert.equal(headers.get('x-content-type-options'), 'nosniff')
    assert.equal(headers.get('referrer-policy'), 'same-origin')
  }
  const { text } = await hub.visitor().get('/')
  assert.doesNotMatch(text, /<script(?![^>]* src=)|<style| style=| on\w+=/)
})

test('createPages() binds its cookies to the host behind TLS', async () => {
  await using hub = await servePages({ publicUrl: 'https://hub.example' })
  await hub.catalog.addAccount('ada')
  const visitor = hub.visitor()
  const form = { name: 'ada', password: passwordOf('ada') }
  const { headers } = await visitor.submit('/signin', form)
  const session = headers.getSetCookie().find((cookie) => cookie.startsWith('__Host-berth_session='))
  assert.match(session ?? '', /; Path=\/; HttpOnly; SameSite=Lax; Secure; Max-Age=\d+$/)
})

test('createPages() compresses pages, and has browsers keep style and script for good', async () => {
  await using hub = await servePages()
  const page = await hub.visitor().get('/search', { headers: { 'accept-encoding': 'gzip, br' } })
  assert.equal(page.headers.get('content-encoding'), 'br')
  assert.match(page.text, /<h1>Images<\/h1>/)
  const style = /href="(\/assets\/[\w-]{12}\/style\.css)"/.exec(page.text)?.[1] ?? ''
  const asset = await hub.visitor().get(style, { headers: { 'accept-encoding': 'br' } })
  assert.deepEqual(
    ['cache-control', 'content-type', 'content-encoding'].map((name) => asset.headers.get(name)),
    ['public, max-age=31536000, immutable', 'text/css; charset=utf-8', 'br'],
  )
  assert.equal((await hub.visitor().get('/assets/000000000000/style.css')).status, 404)
})

test('createPages() leaves paths of nobody to others unless a browser asks', async () => {
  await using hub = await servePages()
  const visitor = hub.visitor()
  assert.equal((await visitor.get('/v3/nope', { headers: { accept: '*/*' } })).status, 418)
  assert.equal((await visitor.get('/nope')).status, 404)
  assert.equal((await visitor.post('/nope', {})).status, 418)
  assert.equal((await visitor.post('/search', {})).status, 405)
  assert.equal((await visitor.get('/r/ada/web/-/star')).status, 405)
})

test('createPages() answers what is no form, too large or nonsense, and goes on', async () => {
  await using hub = await servePages()
  const ada = await hub.signedIn('ada')
  const large = await ada.post('/settings', { fullName: 'x'.repeat(200_000) })
  assert.equal(large.status, 400)
  const json = await fetch(`${hub.url}/signin`, {
    method: 'POST',
    body: '{}',
    headers: { 'content-type': 'application/json' },
  })
  assert.equal(json.status, 400)
  for (const path of [
    '/search?page=1e9&stars=NaN&q=%00%ff',
    '/r/%2e%2e/%2e%2e',
    '/u/%00',
    '//',
    '//x/y',
    '/r/a/-/tags/%20',
    '/?x=[]',
  ])
    assert.ok((await ada.get(path)).status < 500, path)
  assert.equal((await ada.get('/')).status, 200)
})

test('createPages() keeps the colours that somebody chose, and no others', async () => {
  await using hub = await servePages()
  const visitor = hub.visitor()
  await visitor.post('/theme', { theme: 'dark', next: '/search' })
  assert.match((await visitor.get('/')).text, /<html lang="en" data-theme="dark">/)
  await visitor.post('/theme', { theme: '"><script>', next: '/' })
  assert.match((await visitor.get('/')).text, /data-theme="auto"/)
})

test('createPages() never puts a password or session into a page', async () => {
  await using hub = await servePages()
  const ada = await hub.signedIn('ada')
  const secret = ada.cookies.get('berth_session') ?? ''
  for (const path of ['/', '/settings', '/settings/sessions', '/settings/audit']) {
    const { text } = await ada.get(path)
    assert.equal(text.includes(secret) || text.includes(passwordOf('ada')), false, path)
  }
})

/** Tokens differ from page to page. */
function withoutTokens(markup: string): string {
  return markup.replaceAll(/name="form-token" value="[^"]+"/g, '')
}
