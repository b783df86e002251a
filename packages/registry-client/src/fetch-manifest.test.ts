import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { test } from 'node:test'
import { digestOf, mediaTypes, parseDigest } from '@berth/oci'
import { isCoded } from '@berth/stdx'
import { eventually } from '@berth/stdx/testsuite'
import { openRegistryClient } from './registry-client.ts'
import {
  manifestBytes,
  openFakeServer,
  referenceTo,
  sendError,
  sendManifest,
} from './testsuite/fake-registry.ts'

const quick = { retryBaseMs: 1 }

test('fetchManifest() gives the bytes as they came with their own digest', async () => {
  await using server = await openFakeServer((request, response) => {
    assert.equal(request.path, '/v2/team/app/manifests/v1')
    sendManifest(response)
  })
  await using client = openRegistryClient()
  const { descriptor, bytes, source } = await client.fetchManifest(referenceTo(server.host))
  assert.deepEqual(Buffer.from(bytes), manifestBytes)
  assert.deepEqual(descriptor, {
    mediaType: mediaTypes.ociManifest,
    digest: digestOf(manifestBytes),
    size: manifestBytes.length,
  })
  assert.equal(source, server.host)
  assert.match(server.seen[0]?.headers.accept ?? '', /vnd\.oci\.image\.index/)
})

test('fetchManifest() asks for the digest it is given and refuses other content', async () => {
  await using server = await openFakeServer((_request, response) => sendManifest(response))
  await using client = openRegistryClient()
  const digest = digestOf(manifestBytes, 'sha512')
  const { descriptor } = await client.fetchManifest(referenceTo(server.host), { digest })
  assert.equal(descriptor.digest, digest)
  assert.equal(server.seen.at(-1)?.path, `/v2/team/app/manifests/${digest}`)
  const other = parseDigest(`sha256:${'0'.repeat(64)}`)
  await assert.rejects(client.fetchManifest(referenceTo(server.host), { digest: other }), {
    code: 'data-loss',
  })
})

test('fetchManifest() refuses a document of 100 MB, one of two meanings, and one announced as something else', async () => {
  const double = JSON.stringify({ schemaVersion: 2, manifests: [], layers: [] })
  const bodies: Record<string, (end: (body: string | Buffer, type?: string) => void) => void> = {
    huge: (end) => end(Buffer.alloc(100 * 1024 * 1024, 0x20)),
    double: (end) => end(double),
    disguised: (end) => end(manifestBytes, mediaTypes.ociIndex),
    garbage: (end) => end('<html>'),
  }
  await using server = await openFakeServer((request, response) => {
    bodies[request.path.split('/').at(-1) ?? '']?.((body, type = mediaTypes.ociManifest) => {
      response.setHeader('Content-Type', type).end(body)
    })
  })
  await using client = openRegistryClient()
  for (const tag of Object.keys(bodies)) {
    await assert.rejects(
      client.fetchManifest({ ...referenceTo(server.host), tag }),
      { code: 'invalid-argument' },
      tag,
    )
  }
})

test("fetchManifest() uses Docker's words for what is missing or hidden", async () => {
  const cases: Record<string, { status: number; code: string; text: string }> = {
    MANIFEST_UNKNOWN: {
      status: 404,
      code: 'not-found',
      text: 'manifest for HOST/team/app:v1 not found: manifest unknown: manifest unknown',
    },
    NAME_UNKNOWN: {
      status: 404,
      code: 'not-found',
      text: 'repository HOST/team/app not found: name unknown: repository name not known to registry',
    },
    DENIED: {
      status: 403,
      code: 'not-found',
      text: "pull access denied for HOST/team/app, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
    },
    UNAUTHORIZED: { status: 401, code: 'unauthorized', text: 'unauthorized: authentication required' },
  }
  for (const [code, expected] of Object.entries(cases)) {
    await using server = await openFakeServer((_request, response) =>
      sendError(response, { status: expected.status }, { code }),
    )
    await using client = openRegistryClient()
    await assert.rejects(client.fetchManifest(referenceTo(server.host)), {
      message: expected.text.replace('HOST', server.host),
      code: expected.code,
    })
    assert.equal(server.seen.length, 1)
  }
})

test('fetchManifest() waits as Retry-After says, reports it, and asks again', async () => {
  let asked = 0
  await using server = await openFakeServer((_request, response) => {
    if (++asked === 1)
      return sendError(
        response,
        { status: 429, headers: { 'Retry-After': '1' } },
        { code: 'TOOMANYREQUESTS' },
      )
    sendManifest(response)
  })
  await using client = openRegistryClient({ timeouts: quick })
  const waits: number[] = []
  const startMs = performance.now()
  await client.fetchManifest(referenceTo(server.host), { onRetry: ({ delayMs }) => waits.push(delayMs) })
  assert.deepEqual(waits, [1000])
  assert.ok(performance.now() - startMs >= 990)
})

test('fetchManifest() gives up after five attempts and says what it got', async () => {
  await using server = await openFakeServer((_request, response) => response.writeHead(502).end())
  await using client = openRegistryClient({ timeouts: quick })
  await assert.rejects(client.fetchManifest(referenceTo(server.host)), {
    message: 'received unexpected HTTP status: 502 Bad Gateway',
    code: 'unavailable',
  })
  assert.equal(server.seen.length, 5)
})

test('fetchManifest() names what nobody listens on in the words people know', async () => {
  await using closed = await openFakeServer(() => {})
  await closed[Symbol.asyncDispose]()
  await using client = openRegistryClient({ timeouts: quick })
  await assert.rejects(client.fetchManifest(referenceTo(closed.host)), {
    message: `Get "http://${closed.host}/v2/": dial tcp ${closed.host}: connect: connection refused`,
    code: 'unavailable',
  })
})

test('fetchManifest() ends with the reason of its signal', async () => {
  await using server = await openFakeServer(() => {})
  await using client = openRegistryClient()
  const reason = new Error('client left')
  const controller = new AbortController()
  const pending = client.fetchManifest(referenceTo(server.host), { signal: controller.signal })
  setTimeout(() => controller.abort(reason), 50)
  await assert.rejects(pending, (error) => error === reason)
})

test('fetchManifest() gives a hint with every refusal a newcomer meets', async () => {
  await using server = await openFakeServer((_request, response) =>
    sendError(response, { status: 404 }, { code: 'MANIFEST_UNKNOWN' }),
  )
  await using client = openRegistryClient()
  await assert.rejects(
    client.fetchManifest(referenceTo(server.host)),
    (error) => isCoded(error) && (error.hint ?? '') !== '',
  )
})

test('fetchManifest() does not wait for what a server that stalls has to say beside its status', async ({
  mock,
}) => {
  mock.timers.enable({ apis: ['setInterval'] })
  await using server = await openFakeServer((_request, response) => {
    response.writeHead(404, { 'Content-Length': 100 }).write('{')
  })
  await using client = openRegistryClient()
  let failure: unknown
  client.fetchManifest(referenceTo(server.host)).catch((error: unknown) => (failure = error))
  await eventually(() => {
    mock.timers.tick(5_000)
    assert.ok(failure)
  })
  assert.ok(isCoded(failure, 'not-found'))
})

test('fetchManifest() tries a new connection when a server has closed all that were kept', async () => {
  const used = new Set<unknown>()
  const held: ServerResponse[] = []
  await using server = await openFakeServer((_request, response) => {
    const isKept = used.has(response.socket)
    used.add(response.socket)
    if (isKept) response.destroy()
    else held.push(response)
    if (used.size >= 4) for (const each of held.splice(0)) sendManifest(each)
  })
  await using client = openRegistryClient()
  const fetch = () => client.fetchManifest(referenceTo(server.host))
  await Promise.all([fetch(), fetch(), fetch(), fetch()])
  await fetch()
  assert.equal(used.size, 5)
})
