import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openRegistryClient } from './registry-client.ts'
import { openFakeServer, sendJson } from './testsuite/fake-registry.ts'

const ann = { username: 'ann', password: 'canary-password' }
const annBasic = `Basic ${Buffer.from('ann:canary-password').toString('base64')}`

test('search() asks the index beside the registry and reads what it can of the answer', async () => {
  await using server = await openFakeServer((_request, response) =>
    sendJson(
      response,
      { status: 200 },
      {
        results: [
          {
            name: 'team/app',
            description: 'two\nlines\u001b[2J',
            star_count: 3,
            is_official: true,
            is_automated: true,
          },
          { description: 'no name' },
          null,
          { name: 'odd', star_count: 'many', is_official: 'yes' },
          { name: 'third' },
        ],
      },
    ),
  )
  await using client = openRegistryClient()
  assert.deepEqual(await client.search(server.host, 'a b&n=1', { limit: 2 }), [
    { name: 'team/app', description: 'two lines [2J', starCount: 3, isOfficial: true, isAutomated: true },
    { name: 'odd', description: '', starCount: 0, isOfficial: false, isAutomated: false },
  ])
  const [asked] = server.seen
  assert.equal(asked?.path, '/v1/search')
  assert.deepEqual([asked?.query.get('q'), asked?.query.get('n')], ['a b&n=1', '2'])
})

test('search() shows a password at once, since an index answers everyone and never asks', async () => {
  await using server = await openFakeServer((_request, response) =>
    sendJson(response, { status: 200 }, { results: null }),
  )
  await using client = openRegistryClient()
  assert.deepEqual(await client.search(server.host, 'x', { limit: 25, credentials: ann }), [])
  assert.deepEqual(
    server.seen.map(({ headers }) => headers.authorization),
    [annBasic],
  )
})

test('search() takes no credentials along to where an index leads', async () => {
  await using other = await openFakeServer((_request, response) =>
    sendJson(response, { status: 200 }, { results: null }),
  )
  await using server = await openFakeServer((_request, response) =>
    response.writeHead(302, { Location: `${other.url}/v1/search` }).end(),
  )
  await using client = openRegistryClient()
  await client.search(server.host, 'x', { limit: 25, credentials: ann })
  assert.equal(server.seen[0]?.headers.authorization, annBasic)
  assert.deepEqual(
    other.seen.map(({ headers }) => headers.authorization),
    [undefined],
  )
})

test('search() shows a refresh token to the token service alone, and the token that it gets to the index', async () => {
  await using server = await openFakeServer((request, response) => {
    const challenge = { 'WWW-Authenticate': 'Bearer realm="/token",service="fake"' }
    if (request.path === '/v2/') return sendJson(response, { status: 401, headers: challenge }, {})
    if (request.path === '/token') return sendJson(response, { status: 200 }, { token: 'short' })
    sendJson(response, { status: 200 }, { results: null })
  })
  await using client = openRegistryClient()
  const credentials = { username: 'ann', identityToken: 'canary-refresh' }
  for (const term of ['x', 'y']) await client.search(server.host, term, { limit: 25, credentials })
  assert.deepEqual(
    server.seen.map(({ path, headers }) => [path, headers.authorization]),
    [
      ['/v2/', undefined],
      ['/token', undefined],
      ['/v1/search', 'Bearer short'],
      ['/v1/search', 'Bearer short'],
    ],
  )
  const form = new URLSearchParams(server.seen[1]?.body)
  assert.deepEqual(
    [form.get('scope'), form.get('refresh_token')],
    ['registry:catalog:search', 'canary-refresh'],
  )
})

test('search() tells what an index answers instead of results', async () => {
  await using server = await openFakeServer((request, response) =>
    request.query.get('q') === 'none' ? response.writeHead(404).end() : response.end('<html>'),
  )
  await using client = openRegistryClient()
  await assert.rejects(client.search(server.host, 'none', { limit: 1 }), { code: 'not-found' })
  await assert.rejects(client.search(server.host, 'html', { limit: 1 }), {
    message: `Cannot search at ${server.host}: the answer is no list of results`,
  })
})
