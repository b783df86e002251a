import assert from 'node:assert/strict'
import { test } from 'node:test'
import { registryOfAddress } from './login.ts'
import { openRegistryClient } from '../registry-client.ts'
import { openFakeServer, sendJson, type FakeServer } from '../testsuite/fake-registry.ts'

const ann = { username: 'ann', password: 'canary-password' }
const annBasic = `Basic ${Buffer.from('ann:canary-password').toString('base64')}`

async function openTokenRegistry({ isKnown = true } = {}): Promise<FakeServer> {
  const server: FakeServer = await openFakeServer((request, response) => {
    if (request.path === '/token') {
      return isKnown
        ? sendJson(response, { status: 200 }, { token: 'good', refresh_token: 'keep-me' })
        : sendJson(response, { status: 401 }, { details: 'incorrect username or password' })
    }
    const isGood = request.headers.authorization === 'Bearer good'
    const challenge = { 'WWW-Authenticate': `Bearer realm="${server.url}/token",service="fake"` }
    sendJson(response, isGood ? { status: 200 } : { status: 401, headers: challenge }, {})
  })
  return server
}

test('login() shows name and password where Basic is asked for', async () => {
  await using server = await openFakeServer((request, response) => {
    const isGood = request.headers.authorization === annBasic
    const headers = { 'WWW-Authenticate': 'Basic realm="fake"' }
    sendJson(response, isGood ? { status: 200 } : { status: 401, headers }, {})
  })
  await using client = openRegistryClient()
  assert.deepEqual(await client.login(server.host, ann), { identityToken: undefined })
  await assert.rejects(client.login(server.host, { ...ann, password: 'wrong' }), {
    code: 'unauthorized',
    message: `login attempt to ${server.url}/v2/ failed with status: 401 Unauthorized`,
  })
})

test('login() gets a token, and one to keep', async () => {
  await using server = await openTokenRegistry()
  await using client = openRegistryClient()
  assert.deepEqual(await client.login(server.host, ann), { identityToken: 'keep-me' })
  const asked = server.seen.find(({ path }) => path === '/token')
  assert.equal(asked?.headers.authorization, annBasic)
  assert.equal(asked?.query.get('offline_token'), 'true')
  assert.equal(asked?.query.get('account'), 'ann')
  await client.login(server.host, { identityToken: 'keep-me' })
  const renewed = new URLSearchParams(server.seen.findLast(({ path }) => path === '/token')?.body)
  assert.equal(renewed.get('refresh_token'), 'keep-me')
  assert.equal(renewed.get('access_type'), 'offline')
})

test('login() tells what the token service says, without the password', async () => {
  await using server = await openTokenRegistry({ isKnown: false })
  await using client = openRegistryClient()
  await assert.rejects(client.login(server.host, ann), {
    code: 'unauthorized',
    message: `Get "${server.url}/v2/": unauthorized: incorrect username or password`,
  })
})

test('login() succeeds at a registry that asks for nothing', async () => {
  await using server = await openFakeServer((_request, response) => sendJson(response, { status: 200 }, {}))
  await using client = openRegistryClient()
  assert.deepEqual(await client.login(server.host, ann), { identityToken: undefined })
  assert.ok(!JSON.stringify(server.seen).includes('Basic'))
})

test('registryOfAddress() reads what clients call servers', () => {
  for (const hub of [
    '',
    'https://index.docker.io/v1/',
    'docker.io',
    'index.docker.io',
    'registry-1.docker.io',
  ])
    assert.equal(registryOfAddress(hub), 'docker.io')
  assert.equal(registryOfAddress('https://r.example.com/v2/'), 'r.example.com')
  assert.equal(registryOfAddress('127.0.0.1:5000'), '127.0.0.1:5000')
})
