import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ServerResponse } from 'node:http'
import { openRegistryClient } from './registry-client.ts'
import {
  descriptorOf,
  manifestBytes,
  openFakeServer,
  referenceTo,
  sendError,
  sendJson,
  type FakeServer,
  type Responder,
} from './testsuite/fake-registry.ts'

const quick = { retryBaseMs: 1 }
const ann = { username: 'ann', password: 'canary-password' }
const annBasic = `Basic ${Buffer.from('ann:canary-password').toString('base64')}`
const small = Buffer.from('small blob')
const large = Buffer.alloc(40 * 1024 * 1024, 'large blob ')

const blobOf = (bytes: Buffer) => ({
  descriptor: descriptorOf(bytes),
  open: async function* (start: number) {
    for (let at = start; at < bytes.length; at += 1024 * 1024) yield bytes.subarray(at, at + 1024 * 1024)
  },
})

const lines = ({ seen }: FakeServer) =>
  seen.map(({ method, path }) => `${method} ${path.replace('/v2/team/app/', '')}`)

/** A registry without blobs that takes uploads; `answer` comes first and says whether it has answered. */
async function openUploads(
  answer: (...args: Parameters<Responder>) => boolean = () => false,
): Promise<FakeServer> {
  let received = 0
  return await openFakeServer((request, response) => {
    if (answer(request, response)) return
    const location = { Location: '/v2/team/app/blobs/uploads/1?state=x' }
    if (request.method === 'HEAD') return void response.writeHead(404).end()
    if (request.method === 'POST') return void response.writeHead(202, location).end()
    if (request.method === 'PATCH') {
      received += request.body.length
      return void response.writeHead(202, { ...location, Range: `0-${received - 1}` }).end()
    }
    if (request.method === 'GET')
      return void response.writeHead(204, { ...location, Range: `0-${Math.max(received - 1, 0)}` }).end()
    response.writeHead(201).end()
  })
}

const refuse = (response: ServerResponse, status: number, code: string): true => {
  sendError(response, { status }, { code })
  return true
}

test('hasManifest() looks once, and takes whatever hinders it for no', async () => {
  const manifest = descriptorOf(Buffer.from('{}'))
  for (const [status, expected] of [
    [200, true],
    [404, false],
    [500, false],
    [403, false],
  ] as const) {
    await using server = await openFakeServer((_, response) => void response.writeHead(status).end())
    await using client = openRegistryClient({ timeouts: quick })
    assert.equal(await client.hasManifest(referenceTo(server.host), manifest), expected)
    assert.deepEqual(lines(server), [`HEAD manifests/${manifest.digest}`])
  }
  await using client = openRegistryClient({ timeouts: quick })
  assert.equal(await client.hasManifest(referenceTo('127.0.0.1:1'), manifest), false)
})

test('pushBlob() sends a small blob with its commit, and keeps what the location said', async () => {
  await using server = await openUploads()
  await using client = openRegistryClient({ timeouts: quick })
  assert.deepEqual(await client.pushBlob(referenceTo(server.host), blobOf(small)), { how: 'uploaded' })
  assert.deepEqual(lines(server), [
    `HEAD blobs/${descriptorOf(small).digest}`,
    'POST blobs/uploads/',
    'PUT blobs/uploads/1',
  ])
  const commit = server.seen.at(-1)
  assert.equal(commit?.body, small.toString())
  assert.equal(commit?.query.get('state'), 'x')
  assert.equal(commit?.query.get('digest'), descriptorOf(small).digest)
})

test('pushBlob() sends nothing of a blob that is there', async () => {
  await using server = await openFakeServer((_request, response) => response.writeHead(200).end())
  await using client = openRegistryClient({ timeouts: quick })
  assert.deepEqual(await client.pushBlob(referenceTo(server.host), blobOf(small)), { how: 'existed' })
  assert.equal(server.seen.length, 1)
})

test('pushBlob() mounts from the first repository that it may read, and uploads where it may read none', async () => {
  let mayRead = 'other/b'
  await using server = await openUploads((request, response) => {
    const from = request.query.get('from')
    if (from === null) return false
    if (from !== mayRead) return refuse(response, 401, 'UNAUTHORIZED')
    response.writeHead(201).end()
    return true
  })
  await using client = openRegistryClient({ timeouts: quick })
  const push = async () =>
    await client.pushBlob(referenceTo(server.host), blobOf(small), { origins: ['other/a', 'other/b'] })
  assert.deepEqual(await push(), { how: 'mounted', from: 'other/b' })
  mayRead = ''
  assert.deepEqual(await push(), { how: 'uploaded' })
})

test('pushBlob() sends pieces to a registry that refuses large bodies', async () => {
  await using server = await openUploads((request, response) =>
    request.method === 'PATCH' && request.body.length > 20 * 1024 * 1024
      ? refuse(response, 413, 'SIZE_INVALID')
      : false,
  )
  await using client = openRegistryClient({ timeouts: quick })
  assert.deepEqual(await client.pushBlob(referenceTo(server.host), blobOf(large)), { how: 'uploaded' })
  const pieces = server.seen.filter(({ method }) => method === 'PATCH').slice(1)
  assert.deepEqual(
    pieces.map(({ headers }) => headers['content-range']),
    ['0-16777215', '16777216-33554431', '33554432-41943039'],
  )
  assert.equal(pieces.map(({ body }) => body).join(''), large.toString())
})

test('CVE-2020-15157: an upload that is sent to another host carries no Authorization there', async () => {
  await using elsewhere = await openFakeServer((request, response) => {
    response.writeHead(request.method === 'PATCH' ? 202 : 201).end()
  })
  await using server = await openUploads((request, response) => {
    if (request.headers.authorization !== annBasic) {
      sendJson(response, { status: 401, headers: { 'WWW-Authenticate': 'Basic realm="fake"' } }, {})
      return true
    }
    if (request.method !== 'POST') return false
    response.writeHead(202, { Location: `${elsewhere.url}/upload?signature=1` }).end()
    return true
  })
  await using client = openRegistryClient({ timeouts: quick })
  const body = blobOf(large.subarray(0, 8 * 1024 * 1024))
  assert.deepEqual(await client.pushBlob(referenceTo(server.host), body, { credentials: ann }), {
    how: 'uploaded',
  })
  assert.deepEqual(
    elsewhere.seen.map(({ method, headers }) => [method, headers.authorization]),
    [
      ['PATCH', undefined],
      ['PUT', undefined],
    ],
  )
})

test('pushes ask for a token of both rights, and one is enough', async () => {
  const server = await openFakeServer((request, response) => {
    if (request.path === '/token') return sendJson(response, { status: 200 }, { token: 'both' })
    if (request.headers.authorization === 'Bearer both') return void response.writeHead(201).end()
    const challenge = `Bearer realm="${server.url}/token",service="fake",scope="repository:team/app:pull,push"`
    sendJson(response, { status: 401, headers: { 'WWW-Authenticate': challenge } }, {})
  })
  await using _ = server
  await using client = openRegistryClient({ timeouts: quick })
  const manifest = { descriptor: descriptorOf(manifestBytes), bytes: manifestBytes }
  await client.pushManifest(referenceTo(server.host), manifest)
  await client.pushManifest(referenceTo(server.host), manifest)
  const tokens = server.seen.filter(({ path }) => path === '/token')
  assert.equal(tokens.length, 1)
  assert.deepEqual(tokens[0]?.query.getAll('scope'), ['repository:team/app:pull,push'])
  assert.equal(server.seen.at(-1)?.body, manifestBytes.toString())
})

test('pushBlob() that is refused says so in the words of Docker, with the next step', async () => {
  await using server = await openUploads((request, response) =>
    request.method === 'POST' ? refuse(response, 403, 'DENIED') : false,
  )
  await using client = openRegistryClient({ timeouts: quick })
  await assert.rejects(client.pushBlob(referenceTo(server.host), blobOf(small)), {
    code: 'forbidden',
    message: 'denied: requested access to the resource is denied',
    hint: `Log in with "berth login ${server.host}" as somebody who may push to ${server.host}/team/app.`,
  })
})

test('pushBlob() that is refused for another reason than who asks does not send people to log in', async () => {
  const message = 'quota of the repository exceeded: it is 1000 bytes'
  await using server = await openUploads((request, response) => {
    if (request.method !== 'POST') return false
    sendJson(response, { status: 403 }, { errors: [{ code: 'DENIED', message }] })
    return true
  })
  await using client = openRegistryClient({ timeouts: quick })
  await assert.rejects(client.pushBlob(referenceTo(server.host), blobOf(small)), {
    code: 'forbidden',
    message: `denied: ${message}`,
    hint: undefined,
  })
})

test('pushBlob() ends with what its source throws', async () => {
  await using server = await openUploads()
  await using client = openRegistryClient({ timeouts: quick })
  const reason = new Error('the disk is gone')
  const broken = {
    descriptor: descriptorOf(large),
    open: async function* () {
      yield large.subarray(0, 10)
      throw reason
    },
  }
  await assert.rejects(client.pushBlob(referenceTo(server.host), broken), reason)
})

test('listTags() follows pages and refuses what is no tag', async () => {
  const server = await openFakeServer((request, response) => {
    if (request.path.includes('odd')) return sendJson(response, { status: 200 }, { tags: ['../x'] })
    const isLast = request.query.get('last') === 'b'
    const headers = isLast ? {} : { Link: '</v2/team/app/tags/list?n=2&last=b>; rel="next"' }
    sendJson(response, { status: 200, headers }, { name: 'team/app', tags: isLast ? ['c'] : ['a', 'b'] })
  })
  await using _ = server
  await using client = openRegistryClient({ timeouts: quick })
  const reference = referenceTo(server.host)
  assert.deepEqual(await client.listTags(reference), ['a', 'b', 'c'])
  await assert.rejects(client.listTags({ ...reference, repository: 'odd' }), { code: 'invalid-argument' })
})
