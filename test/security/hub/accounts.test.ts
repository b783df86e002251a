import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { digestOf } from '@berth/oci'
import type { Logger } from '@berth/stdx'
import { eventually } from '@berth/stdx/testsuite'
import { basicOf, passwordOf, startAccountsHub, type AccountsHub } from '../../fixtures/accounts-hub.ts'
import { startWebServer } from '../../fixtures/web-server.ts'

const lines: string[] = []
const log = (message: string, fields?: Record<string, unknown>) =>
  void lines.push(
    `${message} ${JSON.stringify(fields, (_, value: unknown) => (value instanceof Error ? String(value.stack) : value))}`,
  )
const logger: Logger = { debug: log, info: log, warn: log, error: log, named: () => logger }

let hub: AccountsHub
let ann: string
let bob: string

before(async () => {
  hub = await startAccountsHub({ logger, flags: ['--api-limit', '100000', '--webhook-allow', '127.0.0.0/8'] })
  ann = await hub.signUp('ann')
  bob = await hub.signUp('bob')
  await make(ann, 'ann', { name: 'hidden', is_private: true })
  await make(ann, 'ann', { name: 'shown' })
  await make(bob, 'bob', { name: 'own' })
})

after(() => hub?.[Symbol.asyncDispose]())

const make = (session: string, namespace: string, body: object) =>
  hub.must('POST', `/v2/namespaces/${namespace}/repositories`, { session, body })

const bearer = (token: string) => ({ Authorization: `Bearer ${token}` })

/** Pushes a small manifest by the registry's interface. */
async function push(secret: string, repository: string, tag: string): Promise<void> {
  const scope = `repository:${repository}:pull,push`
  const headers = bearer(await hub.registryToken({ name: repository.split('/')[0] ?? '', secret }, scope))
  const config = '{}'
  const digest = digestOf(config)
  await hub.call('POST', `/v2/${repository}/blobs/uploads/?digest=${digest}`, {
    headers: { ...headers, 'Content-Type': 'application/octet-stream' },
    body: {},
  })
  const mediaType = 'application/vnd.oci.image.manifest.v1+json'
  const descriptor = { mediaType: 'application/vnd.oci.image.config.v1+json', digest, size: config.length }
  const body = { schemaVersion: 2, mediaType, config: descriptor, layers: [] }
  await hub.must('PUT', `/v2/${repository}/manifests/${tag}`, {
    headers: { ...headers, 'Content-Type': mediaType },
    body,
  })
}

test('CVE-2019-16097: no form makes an administrator, a plan or an official image of what a stranger sends', async () => {
  const more = {
    is_administrator: true,
    isAdministrator: true,
    plan: 'business',
    has_admin_role: true,
    is_staff: true,
  }
  const body = { username: 'eve', email: 'eve@example.com', password: passwordOf('eve'), ...more }
  await hub.must('POST', '/v2/users', { body })
  const session = await hub.signIn('eve')
  assert.equal((await hub.must('GET', '/v2/user', { session })).is_staff, false)
  assert.equal((await hub.must('GET', '/api/billing/v4/accounts/eve/hub-plan', { session })).name, 'personal')
  const official = { name: 'tool', is_official: true, isOfficial: true, star_count: 100, pull_count: 100 }
  const made = await hub.must('POST', '/v2/namespaces/eve/repositories', { session, body: official })
  assert.deepEqual([made.is_official, made.star_count, made.pull_count], [false, 0, 0])
  const library = await hub.call('POST', '/v2/namespaces/library/repositories', {
    session,
    body: { name: 'tool' },
  })
  assert.equal(library.status, 403)
})

test('CVE-2020-13794: a wrong secret and an unknown name are answered in the same words, after a like time', async () => {
  const attempt = async (identifier: string) => {
    const times: number[] = []
    let answer = ''
    for (let index = 0; index < 4; index++) {
      const startMs = performance.now()
      const { status, text } = await hub.call('POST', '/v2/auth/token', {
        body: { identifier, secret: 'wrong' },
      })
      times.push(performance.now() - startMs)
      answer = `${status} ${text}`
    }
    return { answer, ms: Math.min(...times) }
  }
  const known = await attempt('bob')
  const unknown = await attempt('nobody')
  assert.equal(known.answer, unknown.answer)
  const [less = 0, more = 0] = [known.ms, unknown.ms].toSorted((a, b) => a - b)
  // Without a decoy an unknown name takes a hundredth of the time.
  assert.ok(more < less * 5, `${known.ms} ms, ${unknown.ms} ms`)
})

test('CVE-2020-29662: who is not an administrator does not get the list of all repositories', async () => {
  for (const login of [undefined, { name: 'ann', secret: passwordOf('ann') }]) {
    const headers = bearer(await hub.registryToken(login, 'registry:catalog:*'))
    assert.equal((await hub.call('GET', '/v2/_catalog', { headers })).status, 401)
  }
})

test('CVE-2022-31666, CVE-2022-31667, CVE-2022-31671: what belongs to one repository is not reached through another', async () => {
  const body = { name: 'mine', webhook_url: 'https://example.com/' }
  const hook = await hub.must('POST', '/v2/repositories/ann/hidden/webhooks', { session: ann, body })
  for (const path of ['bob/own', 'ann/hidden', 'ann/shown']) {
    const base = `/v2/repositories/${path}/webhooks/${String(hook['id'])}`
    for (const [method, url] of [
      ['DELETE', base],
      ['GET', `${base}/deliveries`],
    ] as const) {
      const { status } = await hub.call(method, url, { session: bob })
      assert.ok([403, 404].includes(status), `${method} ${url}: ${status}`)
    }
  }
  const list = await hub.must('GET', '/v2/repositories/ann/hidden/webhooks', { session: ann })
  assert.equal(list['count'], 1)
  const token = await hub.must('POST', '/v2/access-tokens', {
    session: ann,
    body: { token_label: 'a', scopes: ['repo:read'] },
  })
  const path = `/v2/access-tokens/${String(token['uuid'])}`
  for (const method of ['GET', 'DELETE'])
    assert.equal((await hub.call(method, path, { session: bob })).status, 404)
  assert.equal((await hub.call('PATCH', path, { session: bob, body: { token_label: 'b' } })).status, 404)
})

test('CVE-2022-31668, CVE-2022-31669, CVE-2022-31670: what acts on the tags of a repository is no business of who may write to another', async () => {
  await push(passwordOf('ann'), 'ann/shown', 'kept')
  const manifest = '/v2/ann/shown/manifests/kept'
  const token = await hub.registryToken(
    { name: 'bob', secret: passwordOf('bob') },
    'repository:ann/shown:pull,push,delete',
  )
  const attempts = [
    ['DELETE', '/v2/repositories/ann/shown/tags/kept', { session: bob }],
    ['DELETE', '/v2/namespaces/ann/repositories/shown/tags/kept', { session: bob }],
    ['PATCH', '/v2/repositories/ann/shown', { session: bob, body: { is_private: true } }],
    ['GET', '/v2/repositories/ann/shown/build-requests', { session: bob }],
    ['DELETE', manifest, { headers: bearer(token) }],
    ['PUT', manifest, { headers: bearer(token), body: {} }],
  ] as const
  for (const [method, path, options] of attempts) {
    const { status } = await hub.call(method, path, options)
    assert.ok([401, 403, 404].includes(status), `${method} ${path}: ${status}`)
  }
  const { results } = await hub.must<{ results: { name: string }[] }>(
    'GET',
    '/v2/repositories/ann/shown/tags',
    { session: bob },
  )
  assert.ok(results.some(({ name }) => name === 'kept'))
})

test('CVE-2024-22261, CVE-2025-30086: what lists are sorted and filtered by comes from a list of ours', async () => {
  for (const query of [
    'ordering=password_hash',
    "ordering=name';DROP TABLE hub_repositories--",
    'page_size=x',
    'page=-1',
    'page=1e99',
  ]) {
    const url = `/v2/namespaces/ann/repositories?${encodeURI(query)}`
    assert.equal((await hub.call('GET', url)).status, 400, query)
  }
  for (const text of ["'", '"', "' OR 1=1 --", '%', '*', 'a" OR "b', 'NEAR(', '\\', '\0', 'x'.repeat(2000)]) {
    const { status, body } = await hub.call<{ results: { repo_name: string }[] }>(
      'GET',
      `/v2/search/repositories?query=${encodeURIComponent(text)}&password_hash=x`,
    )
    assert.ok(status === 200 || status === 400, `${JSON.stringify(text)}: ${status}`)
    assert.ok(!(body.results ?? []).some(({ repo_name: name }) => name === 'ann/hidden'))
  }
})

test('CVE-2024-22278: who may write changes no visibility, by whatever route', async () => {
  const collaborator = { user: 'bob', permission: 'write' }
  await hub.must('POST', '/v2/repositories/ann/shown/collaborators', { session: ann, body: collaborator })
  const change = { description: 'by bob', is_private: true, isPrivate: true, permission: 'admin' }
  await hub.must('PATCH', '/v2/repositories/ann/shown', { session: bob, body: change })
  const privacy = { session: bob, body: { is_private: true } }
  assert.equal((await hub.call('POST', '/v2/repositories/ann/shown/privacy', privacy)).status, 403)
  const shown = await hub.must('GET', '/v2/repositories/ann/shown')
  assert.deepEqual([shown['description'], shown['is_private']], ['by bob', false])
})

test('CVE-2025-23208: rights that were taken away are gone with the next token', async () => {
  const login = { name: 'bob', secret: passwordOf('bob') }
  const actions = async () => {
    const token = await hub.registryToken(login, 'repository:ann/hidden:pull,push')
    const claims = JSON.parse(String(Buffer.from(token.split('.')[1] ?? '', 'base64url'))) as {
      access: object[]
    }
    return claims.access.length
  }
  assert.equal(await actions(), 0)
  const body = { user: 'bob', permission: 'read' }
  await hub.must('POST', '/v2/repositories/ann/hidden/collaborators', { session: ann, body })
  assert.equal(await actions(), 1)
  await hub.must('DELETE', '/v2/repositories/ann/hidden/collaborators/bob', { session: ann })
  assert.equal(await actions(), 0)
})

test('a registry token that came of a login that lasts is over with it', async () => {
  const form = (fields: Record<string, string>) =>
    fetch(`${hub.url}/auth/token`, { method: 'POST', body: new URLSearchParams(fields) })
  const password = {
    grant_type: 'password',
    username: 'ann',
    password: passwordOf('ann'),
    access_type: 'offline',
  }
  const login = (await (await form(password)).json()) as { refresh_token: string }
  const scope = 'repository:ann/hidden:pull,push'
  const renewal = { grant_type: 'refresh_token', refresh_token: login.refresh_token, scope }
  const { access_token: token } = (await (await form(renewal)).json()) as { access_token: string }
  const begin = async () =>
    (await hub.call('POST', '/v2/ann/hidden/blobs/uploads/', { headers: bearer(token) })).status
  assert.equal(await begin(), 202)
  await hub.must('POST', '/v2/logout', { session: login.refresh_token })
  // What was asked a moment ago is not asked again for a second.
  await eventually(async () => assert.equal(await begin(), 401))
})

test('harbor 89e1c4b: a token for a repository that was deleted is nothing to the next of its name', async () => {
  await push(passwordOf('ann'), 'ann/again', 'v1')
  await eventually(async () => void (await hub.must('GET', '/v2/repositories/ann/again')))
  const body = { user: 'bob', permission: 'write' }
  await hub.must('POST', '/v2/repositories/ann/again/collaborators', { session: ann, body })
  const login = { name: 'bob', secret: passwordOf('bob') }
  const headers = bearer(await hub.registryToken(login, 'repository:ann/again:pull,push'))
  const begin = async () => (await hub.call('POST', '/v2/ann/again/blobs/uploads/', { headers })).status
  assert.equal(await begin(), 202)
  await hub.must('DELETE', '/v2/repositories/ann/again', { session: ann })
  await push(passwordOf('ann'), 'ann/again', 'v1')
  // What was asked a moment ago is not asked again for a second.
  await eventually(async () => assert.equal(await begin(), 401))
})

test('registry tokens of who leaves a team, an organization or a repository are nothing at once', async () => {
  const session = await hub.signUp('olga')
  await hub.must('POST', '/v2/orgs', { session, body: { orgname: 'crew' } })
  await make(session, 'crew', { name: 'plans', is_private: true })
  const groups = '/v2/orgs/crew/groups'
  await hub.must('POST', groups, { session, body: { name: 'devs' } })
  const permission = { group_name: 'devs', permission: 'read' }
  await hub.must('POST', '/v2/repositories/crew/plans/groups', { session, body: permission })
  const collaborators = '/v2/repositories/crew/plans/collaborators'
  const leave: Record<string, () => Promise<unknown>> = {
    'from-team': () => hub.must('DELETE', `${groups}/devs/members/from-team`, { session }),
    'from-org': () => hub.must('DELETE', '/v2/orgs/crew/members/from-org', { session }),
    collaborating: () => hub.must('DELETE', `${collaborators}/collaborating`, { session }),
  }
  const pulls: (() => Promise<number>)[] = []
  for (const name of [...Object.keys(leave), 'staying']) {
    await hub.signUp(name)
    if (name === 'collaborating')
      await hub.must('POST', collaborators, { session, body: { user: name, permission: 'read' } })
    else {
      await hub.must('POST', '/v2/orgs/crew/members', { session, body: { member: name, role: 'member' } })
      await hub.must('POST', `${groups}/devs/members`, { session, body: { member: name } })
    }
    const login = { name, secret: passwordOf(name) }
    const headers = bearer(await hub.registryToken(login, 'repository:crew/plans:pull'))
    pulls.push(async () => (await hub.call('GET', '/v2/crew/plans/tags/list', { headers })).status)
  }
  const statuses = () => Promise.all(pulls.map((pull) => pull()))
  // Nothing was pushed yet; who may not pull is asked for a login instead.
  assert.deepEqual(await statuses(), [404, 404, 404, 404])
  for (const act of Object.values(leave)) await act()
  await eventually(async () => assert.deepEqual(await statuses(), [401, 401, 401, 404]))
})

test('registry tokens of an access token end with it', async () => {
  const body = { token_label: 'robot', scopes: ['repo:read'] }
  const { token, uuid } = await hub.must('POST', '/v2/access-tokens', { session: ann, body })
  const login = { name: 'ann', secret: String(token) }
  const headers = bearer(await hub.registryToken(login, 'repository:ann/hidden:pull'))
  const pull = async () => (await hub.call('GET', '/v2/ann/hidden/tags/list', { headers })).status
  assert.notEqual(await pull(), 401)
  await hub.must('DELETE', `/v2/access-tokens/${String(uuid)}`, { session: ann })
  await eventually(async () => assert.equal(await pull(), 401))
})

test('a token for a repository that was public is nothing once it is private', async () => {
  const session = await hub.signUp('tina')
  await push(passwordOf('tina'), 'tina/turning', 'v1')
  await eventually(async () => void (await hub.must('GET', '/v2/repositories/tina/turning')))
  const headers = bearer(await hub.registryToken(undefined, 'repository:tina/turning:pull'))
  const pull = async () => (await hub.call('GET', '/v2/tina/turning/manifests/v1', { headers })).status
  assert.equal(await pull(), 200)
  await hub.must('POST', '/v2/repositories/tina/turning/privacy', { session, body: { is_private: true } })
  await eventually(async () => assert.equal(await pull(), 401))
})

test('a private repository and one that is not there look the same to strangers, in every interface', async () => {
  for (const headers of [{}, bearer(bob)])
    for (const path of ['', '/tags', '/tags/v1', '/images/x', '/webhooks', '/groups', '/collaborators']) {
      const [hidden, missing] = await Promise.all(
        ['hidden', 'absent'].map(async (name) => {
          const { status, text } = await hub.call('GET', `/v2/repositories/ann/${name}${path}`, { headers })
          return `${status} ${text.replaceAll(name, 'NAME')}`
        }),
      )
      assert.equal(hidden, missing, path)
    }
  for (const login of [undefined, { name: 'bob', secret: passwordOf('bob') }]) {
    const [hidden, missing] = await Promise.all(
      ['hidden', 'absent'].map(async (name) => {
        const headers = bearer(await hub.registryToken(login, `repository:ann/${name}:pull`))
        const { status, text } = await hub.call('GET', `/v2/ann/${name}/manifests/v1`, { headers })
        return `${status} ${text.replaceAll(name, 'NAME')}`
      }),
    )
    assert.equal(hidden, missing)
  }
})

describe('access tokens (Hub 2019: kept as hashes, shown once, revoked at once)', () => {
  test('a login that began with a token ends with it, and never has more than it', async () => {
    const form = { token_label: 'ci', scopes: ['repo:read'] }
    const token = await hub.must('POST', '/v2/access-tokens', { session: ann, body: form })
    const secret = String(token['token'])
    const shown = await hub.call('GET', `/v2/access-tokens/${String(token['uuid'])}`, { session: ann })
    assert.ok(!shown.text.includes(secret), 'shown once')
    const query = 'offline_token=true&scope=repository:ann/hidden:pull,push,delete'
    const first = await hub.must('GET', `/auth/token?${query}`, { headers: basicOf('ann', secret) })
    assert.equal(first['scope'], 'repository:ann/hidden:pull')
    const session = await hub.signIn('ann', secret)
    const refresh = async () => {
      const response = await fetch(`${hub.url}/auth/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'refresh_token',
          refresh_token: String(first['refresh_token']),
          scope: 'repository:ann/hidden:pull,push,delete',
        }),
      })
      return { status: response.status, scope: ((await response.json()) as { scope?: string }).scope }
    }
    assert.deepEqual(await refresh(), { status: 200, scope: 'repository:ann/hidden:pull' })
    await hub.must('DELETE', `/v2/access-tokens/${String(token['uuid'])}`, { session: ann })
    assert.equal((await refresh()).status, 401)
    assert.equal((await hub.call('GET', '/v2/user', { session })).status, 401)
    assert.equal((await hub.call('GET', '/auth/token', { headers: basicOf('ann', secret) })).status, 401)
  })

  test('CVE-2023-27584: secrets are made at the first start, and lie nowhere as they are', async () => {
    const planted = [passwordOf('ann'), await hub.createToken(ann, 'repo:read'), ann]
    await using other = await startAccountsHub()
    await other.signUp('ann')
    const token = await other.registryToken({ name: 'ann', secret: passwordOf('ann') })
    assert.equal((await hub.call('GET', '/v2/', { headers: bearer(token) })).status, 401)
    const directory = join(hub.directory, 'registry')
    for (const name of await readdir(directory)) {
      if (!name.startsWith('registry.db')) continue
      const bytes = await readFile(join(directory, name))
      for (const secret of planted) assert.ok(!bytes.includes(secret), `${name} holds a secret`)
    }
  })
})

/** One try to sign in from an address of its own. */
async function signInFrom(localAddress: string, identifier: string, secret: string): Promise<number> {
  const headers = { 'Content-Type': 'application/json' }
  const request = httpRequest(`${hub.url}/v2/auth/token`, {
    method: 'POST',
    localAddress,
    headers,
    agent: false,
  })
  request.end(JSON.stringify({ identifier, secret }))
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  response.resume()
  return response.statusCode ?? 0
}

test('sign-in under brute force is limited; the right user still gets in, and others are not affected', async () => {
  await hub.signUp('target')
  const statuses = new Map<number, number>()
  for (let round = 0; round < 20; round++) {
    const tries = Array.from({ length: 50 }, (_, index) =>
      signInFrom('127.0.0.7', 'target', `guess ${round} ${index}`),
    )
    for (const status of await Promise.all(tries)) statuses.set(status, (statuses.get(status) ?? 0) + 1)
  }
  assert.deepEqual(new Set(statuses.keys()), new Set([401, 429]))
  assert.ok((statuses.get(429) ?? 0) >= 985, JSON.stringify([...statuses]))
  assert.equal(
    await signInFrom('127.0.0.7', 'target', passwordOf('target')),
    429,
    'a right guess tells nothing',
  )
  assert.equal(await signInFrom('127.0.0.8', 'target', passwordOf('target')), 200)
  assert.equal(await signInFrom('127.0.0.8', 'bob', passwordOf('bob')), 200)
})

test('webhooks: a push is told to who wants to know, signed, and what it made of it is kept', async () => {
  await using receiver = await startWebServer((_, response) => response.writeHead(204).end())
  const { requests } = receiver
  const body = { name: 'ci', webhook_url: `${receiver.url}/hook` }
  const hook = await hub.must('POST', '/v2/repositories/ann/shown/webhooks', { session: ann, body })
  await push(passwordOf('ann'), 'ann/shown', 'v1')
  await eventually(() => assert.equal(requests.length, 1))
  const [{ headers, body: sent } = assert.fail()] = requests
  const signature = createHmac('sha256', String(hook['secret'])).update(sent).digest('hex')
  assert.equal(headers['x-hub-signature-256'], `sha256=${signature}`)
  const payload = JSON.parse(sent) as {
    callback_url: string
    push_data: { tag: string }
    repository: { repo_name: string }
  }
  assert.deepEqual([payload.push_data.tag, payload.repository.repo_name], ['v1', 'ann/shown'])
  const path = `/v2/repositories/ann/shown/webhooks/${String(hook['id'])}/deliveries`
  const delivery = async () => {
    const answer = await hub.must<{ results: Record<string, unknown>[] }>('GET', path, { session: ann })
    return answer.results[0] ?? assert.fail()
  }
  await eventually(async () => {
    const { state, last_status: status, callback } = await delivery()
    assert.deepEqual([state, status, callback], ['delivered', 204, null])
  })
  const { pathname } = new URL(payload.callback_url)
  const verdict = { state: 'failure', description: 'no tests', target_url: 'https://ci.example.com/1' }
  await hub.must('POST', pathname, { body: verdict })
  assert.equal((await delivery())['callback'], 'failure')
  assert.equal((await hub.call('POST', pathname, { body: { state: 'other' } })).status, 400)
})

test('CVE-2020-13788: a webhook to an address that is not public is refused when it is made, and may be allowed', async () => {
  const add = async (host: string) => {
    const body = { name: host, webhook_url: `http://${host}/hook` }
    return await hub.call('POST', '/v2/repositories/ann/shown/webhooks', { session: ann, body })
  }
  for (const host of ['10.0.0.1', '169.254.169.254', '0xa.1', '167772161', '[::1]', '[::ffff:10.0.0.1]']) {
    const { status, text } = await add(host)
    assert.equal(status, 400, host)
    assert.match(text, /is not a public address\. Who runs the hub may allow it with --webhook-allow\./)
  }
  for (const host of ['127.0.0.9', '0x7f.9', 'hooks.example.com']) assert.equal((await add(host)).status, 201)
})

test('a build trigger notes what a git host tells, and a made-up one does nothing', async () => {
  const change = { source: 'https://example.com/a.git' }
  await hub.must('PATCH', '/v2/repositories/ann/shown', { session: ann, body: change })
  const trigger = await hub.must<{ trigger_url: string }>('GET', '/v2/repositories/ann/shown/build-trigger', {
    session: ann,
  })
  const { pathname } = new URL(trigger.trigger_url)
  assert.equal((await hub.call('POST', pathname, { body: { ref: 'refs/heads/main', more: 1 } })).status, 202)
  assert.equal((await hub.call('POST', '/api/build/made-up', { body: {} })).status, 404)
  const { results } = await hub.must<{ results: { ref: string }[] }>(
    'GET',
    '/v2/repositories/ann/shown/build-requests',
    { session: ann },
  )
  assert.deepEqual(
    results.map(({ ref }) => ref),
    ['refs/heads/main'],
  )
})

test("limits are told with Docker Hub's headers, and what is more is 429", async () => {
  await using small = await startAccountsHub({ flags: ['--api-limit', '5', '--anonymous-pull-limit', '1'] })
  const answers = []
  for (let index = 0; index < 6; index++)
    answers.push(await small.call('GET', '/v2/search/repositories?query=a'))
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200, 200, 200, 200, 429],
  )
  assert.equal(answers[0]?.headers.get('x-ratelimit-limit'), '5')
  assert.equal(answers[0]?.headers.get('x-ratelimit-remaining'), '4')
  const refused = answers[5]?.headers
  assert.ok(Number(refused?.get('x-ratelimit-reset')) > Date.now() / 1000)
  assert.ok(
    Number(refused?.get('retry-after')) > 0 && Number(refused?.get('x-retry-after')) > Date.now() / 1000,
  )
})

test('zot 8a99a3ed: no secret is in any log', async () => {
  const token = await hub.createToken(ann, 'repo:admin')
  await hub.call('POST', '/v2/auth/token', { body: { identifier: 'ann', secret: 'planted-wrong-secret' } })
  await hub.call('POST', '/v2/users', {
    body: { username: 'UPPER', email: 'x', password: 'planted-sign-up' },
  })
  await hub.call('POST', '/api/build/planted-trigger-secret', { body: {} })
  await hub.call('GET', '/v2/user', { session: 'planted-session' })
  await hub.call('GET', '/v1/search?q=a', { headers: basicOf('ann', token) })
  assert.ok(lines.length > 0, 'something is logged')
  for (const secret of [passwordOf('ann'), ann, token, 'planted-'])
    for (const line of lines) assert.ok(!line.includes(secret), line)
})
