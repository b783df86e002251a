import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ServerResponse } from 'node:http'
import type { Reference } from '@berth/oci'
import { openRegistryClient } from '../registry-client.ts'
import {
  openFakeServer,
  referenceTo,
  sendError,
  sendJson,
  sendManifest,
  type FakeServer,
  type SeenRequest,
} from '../testsuite/fake-registry.ts'

const ann = { username: 'ann', password: 'canary-password' }
const annBasic = `Basic ${Buffer.from('ann:canary-password').toString('base64')}`

function challenge(response: ServerResponse, header: string): void {
  sendError(response, { status: 401, headers: { 'WWW-Authenticate': header } }, { code: 'UNAUTHORIZED' })
}

const bearer = (realm: string, rest = '') =>
  `Bearer realm="${realm}",service="fake",scope="repository:team/app:pull"${rest}`

/** A registry and its token service on one host; `isGood` decides whether a token will do. */
async function openTokenRegistry(
  options: { isGood?: (token: string) => boolean; expiresIn?: number; tokenStatus?: number } = {},
) {
  let issued = 0
  const server: FakeServer = await openFakeServer((request, response) => {
    if (request.path === '/token') {
      if (options.tokenStatus)
        return sendJson(
          response,
          { status: options.tokenStatus },
          { details: 'incorrect username or password' },
        )
      return sendJson(
        response,
        { status: 200 },
        { token: `t${++issued}`, expires_in: options.expiresIn ?? 300 },
      )
    }
    const token = request.headers.authorization?.replace('Bearer ', '')
    if (!token || options.isGood?.(token) === false) return challenge(response, bearer(`${server.url}/token`))
    sendManifest(response)
  })
  return server
}

const tokenRequests = (server: FakeServer): SeenRequest[] =>
  server.seen.filter((request) => request.path === '/token')

test('a bearer token is fetched once for all who wait, and kept', async () => {
  await using server = await openTokenRegistry()
  await using client = openRegistryClient()
  const reference = referenceTo(server.host)
  await Promise.all(Array.from({ length: 20 }, () => client.fetchManifest(reference)))
  await client.fetchManifest(reference)
  assert.equal(tokenRequests(server).length, 1)
  const [asked] = tokenRequests(server)
  assert.equal(asked?.query.get('service'), 'fake')
  assert.deepEqual(asked?.query.getAll('scope'), ['repository:team/app:pull'])
  assert.equal(asked?.headers.authorization, undefined)
  assert.equal(server.seen.at(-1)?.headers.authorization, 'Bearer t1')
})

test('credentials go to the token service by GET as Basic, and other accounts get other tokens', async () => {
  await using server = await openTokenRegistry()
  await using client = openRegistryClient()
  await client.fetchManifest(referenceTo(server.host), { credentials: ann })
  await client.fetchManifest(referenceTo(server.host))
  assert.deepEqual(
    tokenRequests(server).map((request) => request.headers.authorization),
    [annBasic, undefined],
  )
  assert.equal(tokenRequests(server)[0]?.query.get('account'), 'ann')
  assert.ok(
    server.seen.every((request) => request.path === '/token' || request.headers.authorization !== annBasic),
  )
})

test('an identity token is exchanged by POST, a registry token is sent as it is', async () => {
  await using server = await openTokenRegistry()
  await using client = openRegistryClient()
  await client.fetchManifest(referenceTo(server.host), { credentials: { identityToken: 'refresh-me' } })
  const [asked] = tokenRequests(server)
  assert.equal(asked?.method, 'POST')
  const form = new URLSearchParams(asked?.body)
  assert.equal(form.get('grant_type'), 'refresh_token')
  assert.equal(form.get('refresh_token'), 'refresh-me')
  await client.fetchManifest(referenceTo(server.host), { credentials: { registryToken: 'as-it-is' } })
  assert.equal(server.seen.at(-1)?.headers.authorization, 'Bearer as-it-is')
})

test('a token that the registry stops taking is renewed once', async () => {
  let refused = new Set<string>()
  await using server = await openTokenRegistry({ isGood: (token) => !refused.has(token) })
  await using client = openRegistryClient()
  await client.fetchManifest(referenceTo(server.host))
  refused = new Set(['t1'])
  await client.fetchManifest(referenceTo(server.host))
  assert.equal(tokenRequests(server).length, 2)
  refused = new Set(['t2', 't3'])
  await assert.rejects(client.fetchManifest(referenceTo(server.host)), { code: 'unauthorized' })
  assert.equal(tokenRequests(server).length, 3)
})

test('wrong credentials are told in the words of the token service, without the password', async () => {
  await using server = await openTokenRegistry({ tokenStatus: 401 })
  await using client = openRegistryClient()
  await assert.rejects(client.fetchManifest(referenceTo(server.host), { credentials: ann }), {
    code: 'unauthorized',
    message: 'unauthorized: incorrect username or password',
  })
})

test('a token for too small a scope reads as access denied', async () => {
  const server: FakeServer = await openFakeServer((request, response) => {
    if (request.path === '/token') return sendJson(response, { status: 200 }, { access_token: 'small' })
    const error = request.headers.authorization ? ',error="insufficient_scope"' : ''
    challenge(response, bearer(`${server.url}/token`, error))
  })
  await using _ = server
  await using client = openRegistryClient()
  await assert.rejects(client.fetchManifest(referenceTo(server.host)), {
    code: 'not-found',
    message:
      /^pull access denied for .*team\/app, repository does not exist or may require 'docker login': denied: /,
  })
})

test('Basic credentials are sent when asked for, from the call or from the lookup', async () => {
  await using server = await openFakeServer((request, response) => {
    if (request.headers.authorization !== annBasic) return challenge(response, 'Basic realm="fake"')
    sendManifest(response)
  })
  await using client = openRegistryClient({
    credentials: async (registry) => (registry === server.host ? ann : undefined),
  })
  await client.fetchManifest(referenceTo(server.host))
  assert.deepEqual(
    server.seen.map((request) => request.headers.authorization),
    [undefined, annBasic],
  )
  await client.fetchManifest(referenceTo(server.host))
  assert.equal(server.seen.length, 3)
})

test('a token service on an unrelated host sees no credentials', async () => {
  await using evil = await openFakeServer((_request, response) =>
    sendJson(response, { status: 200 }, { token: 'x' }),
  )
  await using server = await openFakeServer((request, response) => {
    if (request.headers.authorization) return sendManifest(response)
    challenge(response, bearer(`${evil.url.replace('127.0.0.1', 'localhost')}/token`))
  })
  await using client = openRegistryClient()
  await client.fetchManifest(referenceTo(server.host), { credentials: ann })
  assert.equal(evil.seen.length, 1)
  assert.ok(!JSON.stringify(evil.seen).includes('canary'))
  assert.equal(evil.seen[0]?.headers.authorization, undefined)
})

test('a redirect to another host carries no Authorization and its 401 asks nobody for a token', async () => {
  await using elsewhere = await openFakeServer((request, response) => {
    if (request.path === '/ok') return sendManifest(response)
    challenge(response, bearer(`http://${request.headers.host}/token`))
  })
  let target = '/ok'
  await using server = await openFakeServer((request, response) => {
    if (request.headers.authorization !== annBasic) return challenge(response, 'Basic realm="fake"')
    response.writeHead(307, { Location: elsewhere.url + target }).end()
  })
  await using client = openRegistryClient()
  await client.fetchManifest(referenceTo(server.host), { credentials: ann })
  target = '/locked'
  await assert.rejects(client.fetchManifest(referenceTo(server.host), { credentials: ann }), {
    code: 'unauthorized',
  })
  assert.deepEqual(
    elsewhere.seen.map(({ path, headers }) => [path, headers.authorization]),
    [
      ['/ok', undefined],
      ['/locked', undefined],
    ],
  )
})

test('a redirect on the same host keeps Authorization, and a loop ends after ten', async () => {
  await using server = await openFakeServer((request, response) => {
    if (request.headers.authorization !== annBasic) return challenge(response, 'Basic realm="fake"')
    if (request.path === '/moved') return sendManifest(response)
    response.writeHead(302, { Location: request.path.includes('loop') ? request.path : '/moved' }).end()
  })
  await using client = openRegistryClient()
  await client.fetchManifest(referenceTo(server.host), { credentials: ann })
  const before = server.seen.length
  const loop = { ...referenceTo(server.host), repository: 'loop' }
  await assert.rejects(client.fetchManifest(loop, { credentials: ann }), {
    message: /stopped after 10 redirects/,
  })
  assert.equal(server.seen.length - before, 12)
})

test('credentials of a call never reach a mirror', async () => {
  await using mirror = await openFakeServer((request, response) => {
    if (request.path === '/token') return sendJson(response, { status: 200 }, { token: 'anonymous' })
    if (!request.headers.authorization) return challenge(response, bearer(`${mirror.url}/token`))
    sendManifest(response)
  })
  await using client = openRegistryClient({ mirrors: [mirror.url] })
  const alpine: Reference = { registry: 'docker.io', repository: 'library/alpine', tag: 'latest' }
  await client.fetchManifest(alpine, { credentials: ann })
  assert.equal(mirror.seen.length, 3)
  assert.ok(!JSON.stringify(mirror.seen).includes(annBasic))
})

test('a token lives as long as it says from when it came, whatever the clock of its service', async () => {
  for (const issuedAt of ['1999-01-01T00:00:00Z', '2999-01-01T00:00:00Z', 'no date']) {
    let issued = 0
    const server: FakeServer = await openFakeServer((request, response) => {
      if (request.path === '/token')
        return sendJson(
          response,
          { status: 200 },
          { token: `t${++issued}`, expires_in: 1, issued_at: issuedAt },
        )
      if (!request.headers.authorization) return challenge(response, bearer(`${server.url}/token`))
      sendManifest(response)
    })
    await using _server = server
    await using client = openRegistryClient()
    for (let times = 0; times < 3; times++) await client.fetchManifest(referenceTo(server.host))
    // Less than a minute is taken for a minute.
    assert.equal(issued, 1, issuedAt)
  }
})
