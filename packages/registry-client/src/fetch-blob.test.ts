import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { test } from 'node:test'
import type { Descriptor } from '@berth/oci'
import { openRegistryClient, type FetchBlobOptions, type RegistryClient } from './registry-client.ts'
import { descriptorOf, openFakeServer, referenceTo } from './testsuite/fake-registry.ts'

const quick = { retryBaseMs: 1 }
const content = randomBytes(1_000_000)
const descriptor = descriptorOf(content)

interface Fetch {
  host: string
  descriptor?: Descriptor
  /** What an earlier download left. */
  held?: Buffer
  options?: FetchBlobOptions
}

/** Collects a blob as a caller does: appends, and drops everything when told to restart. */
async function collect(
  client: RegistryClient,
  { host, held = Buffer.alloc(0), options = {}, ...rest }: Fetch,
) {
  let parts: Uint8Array[] = [held]
  let restarts = 0
  const onRestart = () => {
    parts = []
    restarts++
  }
  const body = client.fetchBlob(referenceTo(host), rest.descriptor ?? descriptor, {
    start: held.length,
    onRestart,
    ...options,
  })
  for await (const chunk of body) parts.push(chunk)
  return { bytes: Buffer.concat(parts), restarts }
}

const startOf = (range: string | undefined) => Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0)

function sendRange(response: ServerResponse, start: number, bytes = content): void {
  if (start === 0) response.writeHead(200, { 'Content-Length': bytes.length })
  else
    response.writeHead(206, {
      'Content-Length': bytes.length - start,
      'Content-Range': `bytes ${start}-${bytes.length - 1}/${bytes.length}`,
    })
}

test('fetchBlob() gives a whole blob, and the rest of one', async () => {
  await using server = await openFakeServer((request, response) => {
    const start = startOf(request.headers.range)
    sendRange(response, start)
    response.end(content.subarray(start))
  })
  await using client = openRegistryClient()
  assert.deepEqual((await collect(client, { host: server.host })).bytes, content)
  assert.deepEqual(await collect(client, { host: server.host, held: content.subarray(0, 400_000) }), {
    bytes: content,
    restarts: 0,
  })
  await collect(client, { host: server.host, held: content })
  assert.equal(server.seen.length, 2)
  assert.equal(server.seen[0]?.path, `/v2/team/app/blobs/${descriptor.digest}`)
})

test('fetchBlob() resumes where the line was cut, also ten times', async () => {
  await using server = await openFakeServer((request, response) => {
    const start = startOf(request.headers.range)
    sendRange(response, start)
    response.write(content.subarray(start, start + 100_000), () => response.destroy())
  })
  await using client = openRegistryClient({ timeouts: quick })
  const { bytes, restarts } = await collect(client, { host: server.host })
  assert.deepEqual(bytes, content)
  assert.equal(restarts, 0)
  assert.equal(server.seen.length, 10)
})

test('fetchBlob() gives up after five attempts that bring nothing', async () => {
  await using server = await openFakeServer((_request, response) => {
    response.writeHead(200, { 'Content-Length': content.length })
    response.write('x', () => response.destroy())
  })
  await using client = openRegistryClient({ timeouts: quick })
  await assert.rejects(collect(client, { host: server.host }), {
    code: 'unavailable',
    message: /unexpected EOF/,
  })
  assert.equal(server.seen.length, 5)
})

for (const [name, answer] of Object.entries({
  'ignores Range': (response: ServerResponse) =>
    response.writeHead(200, { 'Content-Length': content.length }).end(content),
  'gives another range': (response: ServerResponse, isRanged: boolean) => {
    if (!isRanged) return response.writeHead(200).end(content)
    return response
      .writeHead(206, { 'Content-Range': `bytes 0-${content.length - 1}/${content.length}` })
      .end(content)
  },
  'gives 206 without Content-Range': (response: ServerResponse, isRanged: boolean) =>
    response.writeHead(isRanged ? 206 : 200).end(content),
  'refuses the range': (response: ServerResponse, isRanged: boolean) =>
    isRanged ? response.writeHead(416).end() : response.writeHead(200).end(content),
})) {
  test(`fetchBlob() starts again from 0 when the server ${name}`, async () => {
    await using server = await openFakeServer((request, response) =>
      answer(response, request.headers.range !== undefined),
    )
    await using client = openRegistryClient({ timeouts: quick })
    const { bytes, restarts } = await collect(client, { host: server.host, held: content.subarray(0, 10) })
    assert.deepEqual(bytes, content)
    assert.equal(restarts, 1)
  })
}

test('fetchBlob() refuses a blob of another size than the manifest says', async () => {
  await using server = await openFakeServer((request, response) => {
    const isChunked = request.path.includes('chunked')
    response.writeHead(200, isChunked ? {} : { 'Content-Length': content.length }).end(content)
  })
  await using client = openRegistryClient({ timeouts: quick })
  for (const size of [content.length - 1, content.length + 1, 5]) {
    await assert.rejects(collect(client, { host: server.host, descriptor: { ...descriptor, size } }), {
      code: 'data-loss',
    })
  }
})

test('fetchBlob() gives up a server that sends a byte now and then, and resumes', async () => {
  let asked = 0
  await using server = await openFakeServer((request, response) => {
    const start = startOf(request.headers.range)
    sendRange(response, start)
    if (++asked > 1) return void response.end(content.subarray(start))
    let position = start
    const timer = setInterval(() => response.write(content.subarray(position, ++position)), 20)
    response.on('close', () => clearInterval(timer))
  })
  await using client = openRegistryClient({ timeouts: { ...quick, stallMs: 500 } })
  const reasons: string[] = []
  const { bytes } = await collect(client, {
    host: server.host,
    options: { onRetry: ({ reason }) => reasons.push(reason) },
  })
  assert.deepEqual(bytes, content)
  // More than once where this machine itself stands still for so long.
  assert.deepEqual([...new Set(reasons)], ['stalled'])
})

test('fetchBlob() does not take a slow reader for a stalled line', async () => {
  const large = randomBytes(8_000_000)
  const stallMs = 1000
  await using server = await openFakeServer((_request, response) => response.writeHead(200).end(large))
  await using client = openRegistryClient({ timeouts: { ...quick, stallMs } })
  let sizeBytes = 0
  let isFirst = true
  for await (const chunk of client.fetchBlob(referenceTo(server.host), descriptorOf(large))) {
    if (isFirst) await new Promise((resolve) => setTimeout(resolve, stallMs * 1.5))
    isFirst = false
    sizeBytes += chunk.length
  }
  assert.equal(sizeBytes, large.length)
  assert.equal(server.seen.length, 1)
})

test('fetchBlob() goes on after 503 and reports the wait', async () => {
  let asked = 0
  await using server = await openFakeServer((_request, response) => {
    if (++asked === 1) return void response.writeHead(503, { 'Retry-After': '0' }).end()
    response.writeHead(200).end(content)
  })
  await using client = openRegistryClient({ timeouts: quick })
  const waits: number[] = []
  const { bytes } = await collect(client, {
    host: server.host,
    options: { onRetry: ({ delayMs }) => waits.push(delayMs) },
  })
  assert.deepEqual(bytes, content)
  assert.equal(waits.length, 1)
})

test('fetchBlob() closes the connection when its reader leaves', async () => {
  const { promise: closed, resolve } = Promise.withResolvers<void>()
  await using server = await openFakeServer((_request, response) => {
    response.on('close', resolve)
    response.writeHead(200, { 'Content-Length': content.length })
    response.write(content.subarray(0, 100_000))
  })
  await using client = openRegistryClient({ timeouts: quick })
  for await (const chunk of client.fetchBlob(referenceTo(server.host), descriptor))
    if (chunk.length > 0) break
  await closed
})

test('fetchBlob() gives each byte once to who cannot start over, also where a server ignores ranges', async () => {
  let isFirst = true
  await using server = await openFakeServer((_request, response) => {
    sendRange(response, 0)
    if (isFirst) response.write(content.subarray(0, 400_000), () => response.destroy())
    else response.end(content)
    isFirst = false
  })
  await using client = openRegistryClient({ timeouts: quick })
  const body = client.fetchBlob(referenceTo(server.host), descriptor)
  assert.deepEqual(Buffer.concat(await Array.fromAsync(body)), content)
  assert.equal(server.seen.length, 2)
})

test('fetchBlob() ends for who cannot start over when a host is wrong about the size', async () => {
  await using server = await openFakeServer((_request, response) => {
    response.writeHead(200).end('<html>log in</html>')
  })
  await using client = openRegistryClient({ timeouts: quick })
  await assert.rejects(Array.fromAsync(client.fetchBlob(referenceTo(server.host), descriptor)), {
    code: 'data-loss',
    message: `Cannot verify ${descriptor.digest}: 19 of ${content.length} bytes came`,
  })
})
