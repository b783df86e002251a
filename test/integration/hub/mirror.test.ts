import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readdir, writeFile } from 'node:fs/promises'
import { get, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { test } from 'node:test'
import { digestHex, Digester, digestOf, mediaTypes } from '@berth/oci'
import { openRegistryHost } from '@berth/registry-client'
import { eventually, temporaryDirectory } from '@berth/stdx/testsuite'
import { registryUpstream } from '../../../apps/hub/src/mirrors/registry-upstream.ts'
import { answers, corrupted, cutAfter, silent, slow, withMediaType } from '../../fixtures/faults.ts'
import { bytesOf, startMirror, startServer } from './mirror-fixture.ts'

const mebibyte = 1024 * 1024

test('herd: ten clients that want one cold blob of 200 MiB get it, and upstream sends it once', async () => {
  // All of them are one busy process: what looks like a stall is not the line's.
  await using fixture = await startMirror({ timeouts: { stallMs: 60_000 } })
  const bytes = randomBytes(200 * mebibyte)
  const digest = await fixture.there.pushBlob('big/app', bytes)
  fixture.asked()
  const url = `${fixture.mirror.url}/v2/big/app/blobs/${digest}`
  const digests = await Promise.all(Array.from({ length: 10 }, () => download(url)))
  assert.deepEqual(new Set(digests), new Set([digest]))
  assert.deepEqual(fixture.asked(), [`GET /v2/big/app/blobs/${digest}`])
})

/** The digest of what a client gets. */
async function download(url: string): Promise<string> {
  const digester = new Digester()
  const [response] = (await once(get(url, { agent: false }), 'response')) as [IncomingMessage]
  for await (const chunk of response) digester.update(chunk as Uint8Array)
  return digester.digest()
}

test('stall: the first byte is out before the last is in, to readers that come late too', async () => {
  const bytes = randomBytes(mebibyte)
  const digest = digestOf(bytes)
  let sendRest = () => {}
  await using server = await startServer((_, response) => {
    response.writeHead(200, { 'Content-Length': bytes.length })
    response.write(bytes.subarray(0, 500_000))
    sendRest = () => response.end(bytes.subarray(500_000))
  })
  await using fixture = await startMirror({ url: server.url })
  const readers = []
  for (let index = 0; index < 3; index++) {
    const response = await fixture.here.send('GET', `/v2/a/b/blobs/${digest}`, { status: 200 })
    const reader = (response.body ?? assert.fail()).getReader()
    const { value = new Uint8Array() } = await reader.read()
    readers.push({ reader, chunks: [value] })
  }
  sendRest()
  for (const { reader, chunks } of readers) {
    for (let part = await reader.read(); !part.done; part = await reader.read()) chunks.push(part.value)
    assert.equal(digestOf(Buffer.concat(chunks)), digest)
  }
})

test('a download goes on when the client that began it has left', async () => {
  await using fixture = await startMirror()
  const { there, mirror, upstream } = fixture
  const bytes = randomBytes(2 * mebibyte)
  const digest = await there.pushBlob('a/b', bytes)
  using _ = upstream.inject({ path: digest, fault: slow({ chunkBytes: 256 * 1024, delayMs: 30 }) })
  fixture.asked()
  const request = get(`${mirror.url}/v2/a/b/blobs/${digest}`, { agent: false })
  request.on('error', () => {})
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  await once(response, 'data')
  request.destroy()
  const second = await fixture.here.send('GET', `/v2/a/b/blobs/${digest}`, { status: 200 })
  assert.equal(digestOf(await bytesOf(second)), digest)
  assert.equal(fixture.asked().length, 1)
})

test('ranges are served while the blob comes and when it is there', async () => {
  await using fixture = await startMirror()
  const bytes = randomBytes(mebibyte)
  const digest = await fixture.there.pushBlob('a/b', bytes)
  for (const [start, end] of [
    [100, 199],
    [mebibyte - 10, mebibyte - 1],
    [0, 0],
  ] as const) {
    const headers = { Range: `bytes=${start}-${end}` }
    const response = await fixture.here.send('GET', `/v2/a/b/blobs/${digest}`, { headers, status: 206 })
    assert.deepEqual(await bytesOf(response), bytes.subarray(start, end + 1))
  }
})

test('lines that break are taken up where they broke', async () => {
  await using fixture = await startMirror()
  const bytes = randomBytes(3 * mebibyte)
  const digest = await fixture.there.pushBlob('a/b', bytes)
  using _ = fixture.upstream.inject({ path: digest, times: 2, fault: cutAfter(mebibyte) })
  fixture.asked()
  const response = await fixture.here.send('GET', `/v2/a/b/blobs/${digest}`, { status: 200 })
  assert.equal(digestOf(await bytesOf(response)), digest)
  assert.equal(fixture.asked().length, 3)
})

test('bytes that are not those of the digest never reach anybody whole, and are not kept', async () => {
  await using fixture = await startMirror()
  const bytes = randomBytes(100_000)
  const digest = await fixture.there.pushBlob('a/b', bytes)
  const spoilt = fixture.upstream.inject({ path: digest, fault: corrupted() })
  const response = await fixture.here.send('GET', `/v2/a/b/blobs/${digest}`, { status: 200 })
  await assert.rejects(response.arrayBuffer())
  spoilt[Symbol.dispose]()
  await eventually(async () => {
    const sound = await fixture.here.send('GET', `/v2/a/b/blobs/${digest}`, { status: 200 })
    assert.equal(digestOf(await bytesOf(sound)), digest)
  })
})

test('manifests come back byte for byte, whatever their type; digests are never asked for again', async () => {
  await using fixture = await startMirror()
  const { there, here } = fixture
  await there.pushBlob('a/b', Buffer.from('{}'))
  const descriptor = { mediaType: mediaTypes.dockerConfig, digest: digestOf('{}'), size: 2 }
  const document = { schemaVersion: 2, mediaType: mediaTypes.dockerManifest, config: descriptor, layers: [] }
  const bytes = Buffer.from(` ${JSON.stringify(document, null, 4)}\n`)
  const headers = { 'Content-Type': mediaTypes.dockerManifest }
  await there.send('PUT', '/v2/a/b/manifests/v1', { body: bytes, headers, status: 201 })
  for (const reference of ['v1', digestOf(bytes)]) {
    const response = await here.send('GET', `/v2/a/b/manifests/${reference}`, { status: 200 })
    assert.equal(response.headers.get('content-type'), mediaTypes.dockerManifest)
    assert.equal(response.headers.get('docker-content-digest'), digestOf(bytes))
    assert.deepEqual(await bytesOf(response), bytes)
  }
  fixture.clock.now += 365 * 86_400_000
  fixture.asked()
  await here.send('GET', `/v2/a/b/manifests/${digestOf(bytes)}`, { status: 200 })
  assert.deepEqual(fixture.asked(), [])
})

test('revalidation: a tag is believed for its time, then asked for with HEAD, once for all who wait', async () => {
  await using fixture = await startMirror({ namespace: { tagTtlMs: 60_000 } })
  const { there, here, clock } = fixture
  const first = await there.pushImage('a/b', 'latest')
  const pull = async () => {
    const response = await here.send('GET', '/v2/a/b/manifests/latest', { status: 200 })
    return response.headers.get('docker-content-digest')
  }
  fixture.asked()
  assert.equal(await pull(), first.digest)
  const second = await there.pushImage('a/b', 'latest')
  fixture.asked()
  clock.now += 50_000
  assert.equal(await pull(), first.digest)
  assert.deepEqual(fixture.asked(), [])
  clock.now += 11_000
  assert.deepEqual(await Promise.all([pull(), pull(), pull()]), [second.digest, second.digest, second.digest])
  assert.deepEqual(fixture.asked(), ['HEAD /v2/a/b/manifests/latest', 'GET /v2/a/b/manifests/latest'])
  clock.now += 61_000
  assert.equal(await pull(), second.digest)
  assert.deepEqual(fixture.asked(), ['HEAD /v2/a/b/manifests/latest'])
})

for (const [name, fault] of [
  ['429', answers(429, { headers: { 'Retry-After': '7' } })],
  ['500', answers(500)],
  ['503', answers(503)],
  ['no answer', silent()],
] as const) {
  test(`stale: a tag of before is served with a warning when upstream gives ${name}`, async () => {
    await using fixture = await startMirror({
      namespace: { tagTtlMs: 1000 },
      timeouts: { responseMs: 200 },
    })
    const { there, here, clock } = fixture
    const { digest } = await there.pushImage('a/b', 'latest')
    await here.send('GET', '/v2/a/b/manifests/latest', { status: 200 })
    clock.now += 2000
    const spoilt = fixture.upstream.inject({ path: '/manifests/', method: 'HEAD', fault })
    const stale = await here.send('GET', '/v2/a/b/manifests/latest', { status: 200 })
    assert.equal(stale.headers.get('docker-content-digest'), digest)
    assert.match(stale.headers.get('warning') ?? '', /^299 - "upstream .*; this is the copy of before"$/)
    fixture.asked()
    await here.send('GET', '/v2/a/b/manifests/latest', { status: 200 })
    assert.deepEqual(fixture.asked(), [])
    spoilt[Symbol.dispose]()
    clock.now += 31_000
    const fresh = await here.send('GET', '/v2/a/b/manifests/latest', { status: 200 })
    assert.equal(fresh.headers.get('warning'), null)
  })
}

for (const [name, fault, status, code] of [
  ['429', answers(429, { headers: { 'Retry-After': '7' } }), 429, 'TOOMANYREQUESTS'],
  ['500', answers(500), 502, 'UNKNOWN'],
  ['401', answers(401), 403, 'DENIED'],
  ['403', answers(403), 403, 'DENIED'],
  ['404', answers(404), 404, 'MANIFEST_UNKNOWN'],
  ['no answer', silent(), 504, 'UNKNOWN'],
  ['a manifest of another type', withMediaType('text/html'), 502, 'UNKNOWN'],
] as const) {
  test(`truth: what is not here is answered ${status} when upstream gives ${name}`, async () => {
    await using fixture = await startMirror({ timeouts: { responseMs: 200 } })
    await fixture.there.pushImage(
      'a/b',
      'latest',
      name === 'a manifest of another type' ? { mediaType: undefined } : {},
    )
    using _ = fixture.upstream.inject({ path: '/manifests/', times: 1, fault })
    const error = await fixture.here.sendForError('GET', '/v2/a/b/manifests/latest', { status })
    assert.equal(error.code, code)
    if (status !== 429) return
    fixture.asked()
    const again = await fixture.here.send('GET', '/v2/a/b/manifests/other', { status: 429 })
    assert.ok(Number(again.headers.get('retry-after')) > 3)
    assert.deepEqual(fixture.asked(), [], 'upstream is left alone as long as it asked')
    fixture.clock.now += 8000
    await fixture.here.send('GET', '/v2/a/b/manifests/other', { status: 404 })
  })
}

test('truth: an upstream that cannot be reached is 502', async () => {
  await using fixture = await startMirror({ url: 'http://127.0.0.1:1' })
  await fixture.here.send('GET', '/v2/a/b/manifests/latest', { status: 502 })
  await fixture.here.send('GET', `/v2/a/b/blobs/${digestOf('x')}`, { status: 502 })
})

test('a tag that upstream has no more is gone here too', async () => {
  await using fixture = await startMirror({ namespace: { tagTtlMs: 1000 } })
  const { there, here, clock } = fixture
  await there.pushImage('a/b', 'latest')
  await here.send('GET', '/v2/a/b/manifests/latest', { status: 200 })
  await there.send('DELETE', '/v2/a/b/manifests/latest', { status: 202 })
  clock.now += 2000
  await here.send('GET', '/v2/a/b/manifests/latest', { status: 404 })
})

test('login: one token serves many pulls', async () => {
  let tokens = 0
  await using upstream = await startMirror()
  const { digest } = await upstream.there.pushImage('a/b', 'latest')
  await using guard = await startServer((request, response) => {
    if (request.url?.startsWith('/token')) {
      tokens++
      return void response.end(JSON.stringify({ token: 'good', expires_in: 300 }))
    }
    if (request.headers.authorization === 'Bearer good')
      return void response.writeHead(307, { Location: upstream.upstream.url + request.url }).end()
    const challenge = `Bearer realm="http://${request.headers.host}/token",service="s"`
    response.writeHead(401, { 'WWW-Authenticate': challenge }).end()
  })
  await using fixture = await startMirror({ url: guard.url })
  for (const reference of ['latest', 'v1', 'v2', digest])
    await fixture.here.send('GET', `/v2/a/b/manifests/${reference}`, {
      status: reference.startsWith('v') ? 404 : 200,
    })
  assert.equal(tokens, 1)
  for (const { headers } of upstream.upstream.requests) assert.equal(headers['authorization'], undefined)
})

test('only what is asked for is fetched: an index does not bring its platforms', async () => {
  await using fixture = await startMirror()
  const { there, here } = fixture
  const child = await there.pushImage('a/b', 'child')
  const manifests = [{ mediaType: mediaTypes.ociManifest, digest: child.digest, size: child.bytes.length }]
  await there.pushManifest('a/b', 'index', { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests })
  fixture.asked()
  await here.send('GET', '/v2/a/b/manifests/index', { status: 200 })
  assert.deepEqual(fixture.asked(), ['GET /v2/a/b/manifests/index'])
})

test('harbor c080060: mirrored repositories are read-only to everyone, whatever they are called', async () => {
  await using fixture = await startMirror()
  const { here } = fixture
  for (const [method, path] of [
    ['POST', '/v2/a/b/blobs/uploads/'],
    ['PUT', '/v2/up.test/a/b/manifests/v1'],
    ['DELETE', '/v2/a/b/manifests/v1'],
    ['DELETE', `/up.test/v2/a/b/blobs/${digestOf('x')}`],
    ['POST', `/v2/a/b/blobs/uploads/?mount=${digestOf('x')}&ns=up.test`],
  ] as const) {
    const error = await here.sendForError(method, path, { status: 403 })
    assert.equal(error.code, 'DENIED')
  }
  assert.deepEqual(fixture.asked(), [])
})

test('a blob that is here under another repository is served after upstream has said that this one has it', async () => {
  await using fixture = await startMirror()
  const { there, here } = fixture
  const digest = await there.pushBlob('a/b', randomBytes(100_000))
  await bytesOf(await here.send('GET', `/v2/a/b/blobs/${digest}`, { status: 200 }))
  fixture.asked()
  await here.send('GET', `/v2/other/app/blobs/${digest}`, { status: 404 })
  await there.send('POST', `/v2/other/app/blobs/uploads/?mount=${digest}&from=a/b`, { status: 201 })
  fixture.asked()
  await here.send('GET', `/v2/other/app/blobs/${digest}`, { status: 200 })
  await here.send('GET', `/v2/other/app/blobs/${digest}`, { status: 200 })
  assert.deepEqual(fixture.asked(), [`HEAD /v2/other/app/blobs/${digest}`])
})

test('lists come from upstream, and from what is here with a warning when it fails', async () => {
  await using fixture = await startMirror()
  const { there, here } = fixture
  const { digest } = await there.pushImage('a/b', 'v1')
  await there.pushImage('a/b', 'v2')
  await here.send('GET', '/v2/a/b/manifests/v1', { status: 200 })
  const list = await here.send('GET', '/v2/a/b/tags/list?ns=up.test', { status: 200 })
  assert.deepEqual(await list.json(), { name: 'a/b', tags: ['v1', 'v2'] })
  const referrers = await here.send('GET', `/v2/a/b/referrers/${digest}`, { status: 200 })
  assert.equal(referrers.headers.get('content-type'), mediaTypes.ociIndex)
  using _ = fixture.upstream.inject({ path: '/tags/list', fault: answers(500) })
  const known = await here.send('GET', '/v2/a/b/tags/list', { status: 200 })
  assert.deepEqual(((await known.json()) as { tags: string[] }).tags, ['v1'])
  assert.match(known.headers.get('warning') ?? '', /^299 - /)
})

test('the next page of a list from upstream is where the first was, in every way that a client has to say it', async () => {
  await using fixture = await startMirror({ fallback: 'none' })
  for (const tag of ['v1', 'v2', 'v3']) await fixture.there.pushImage('a/b', tag)
  for (const first of [
    '/v2/a/b/tags/list?n=2&ns=up.test',
    '/v2/up.test/a/b/tags/list?n=2',
    '/up.test/v2/a/b/tags/list?n=2',
  ]) {
    const seen: string[][] = []
    for (let path: string | undefined = first; path !== undefined;) {
      const page: Response = await fixture.here.send('GET', path, { status: 200 })
      seen.push(((await page.json()) as { tags: string[] }).tags)
      path = /^<(.+)>; rel="next"$/.exec(page.headers.get('link') ?? '')?.[1]
    }
    assert.deepEqual(seen, [['v1', 'v2'], ['v3']], first)
  }
})

test('disk full: blobs used longest ago go when there are too many bytes, pinned ones and those being read stay', async () => {
  const size = 100_000
  await using stack = new AsyncDisposableStack()
  const registry = { directory: await temporaryDirectory(stack) }
  const options = { limitBytes: 3 * size, pins: ['up.test/pinned/*'], registry }
  const fixture = stack.use(await startMirror(options))
  const { there, here, clock, mirror } = fixture
  const push = (repository: string) => there.pushBlob(repository, randomBytes(size))
  const pull = async (repository: string, digest: string) => {
    const response = await here.send('GET', `/v2/${repository}/blobs/${digest}`, { status: 200 })
    await response.arrayBuffer()
    clock.now += 20 * 60_000
    // Blobs go behind the answer's back.
    await eventually(async () => {
      const kept = await readdir(join(registry.directory, 'blobs'), { recursive: true })
      assert.ok(kept.filter((path) => /[0-9a-f]{64}$/.test(path)).length <= 3, kept.join())
    })
  }
  const pinned = await push('pinned/app')
  await pull('pinned/app', pinned)
  const digests = [await push('a/b'), await push('a/b'), await push('a/b')] as const
  await pull('a/b', digests[0])
  await pull('a/b', digests[1])
  await pull('a/b', digests[0])
  const reading = await here.send('GET', `/v2/a/b/blobs/${digests[0]}`, { status: 200 })
  await pull('a/b', digests[2])
  fixture.asked()
  await pull('pinned/app', pinned)
  await pull('a/b', digests[0])
  assert.deepEqual(fixture.asked(), [])
  await pull('a/b', digests[1])
  assert.deepEqual(fixture.asked(), [`GET /v2/a/b/blobs/${digests[1]}`])
  assert.equal(digestOf(await bytesOf(reading)), digests[0])
  assert.ok(mirror.url)
})

test('what is mirrored is there after a restart, and its time goes on', async () => {
  await using stack = new AsyncDisposableStack()
  const directory = await temporaryDirectory(stack)
  const options = { registry: { directory }, namespace: { tagTtlMs: 3_600_000 } }
  const before = stack.use(await startMirror(options))
  const { digest } = await before.there.pushImage('a/b', 'latest')
  await before.here.send('GET', '/v2/a/b/manifests/latest', { status: 200 })
  const after = stack.use(await startMirror({ ...options, url: 'http://127.0.0.1:1' }))
  const response = await after.here.send('GET', '/v2/a/b/manifests/latest', { status: 200 })
  assert.equal(response.headers.get('docker-content-digest'), digest)
  assert.equal(response.headers.get('warning'), null)
})

test('a download that the end of the program cut goes on from where it was', async () => {
  await using stack = new AsyncDisposableStack()
  const directory = await temporaryDirectory(stack)
  const before = stack.use(await startMirror({ registry: { directory } }))
  const bytes = randomBytes(2 * mebibyte)
  const digest = await before.there.pushBlob('a/b', bytes)
  const fault = slow({ chunkBytes: 128 * 1024, delayMs: 30 })
  using _ = before.upstream.inject({ path: digest, times: 1, fault })
  const cut = await before.here.send('GET', `/v2/a/b/blobs/${digest}`, { status: 200 })
  const reader = (cut.body ?? assert.fail()).getReader()
  await reader.read()
  await before.mirror[Symbol.asyncDispose]()
  await assert.rejects(async () => {
    while (!(await reader.read()).done);
  })
  const after = stack.use(await startMirror({ registry: { directory }, url: before.upstream.url }))
  const response = await after.here.send('GET', `/v2/a/b/blobs/${digest}`, { status: 200 })
  assert.deepEqual(await bytesOf(response), bytes)
  const ranges = before.upstream.requests
    .filter(({ method, path }) => method === 'GET' && path.endsWith(digest))
    .map(({ headers }) => headers['range'])
  assert.equal(ranges.length, 2)
  assert.match(String(ranges[1]), /^bytes=[1-9]\d*-$/)
})

test('limits: upstream is asked so often a minute, and a copy of before is served when it may not be', async () => {
  const namespace = { tagTtlMs: 1000, limits: { requestsPerMinute: 2 } }
  await using fixture = await startMirror({ namespace })
  const { there, here, clock } = fixture
  await there.pushImage('a/b', 'latest')
  fixture.asked()
  await here.send('GET', '/v2/a/b/manifests/latest', { status: 200 })
  await here.send('GET', '/v2/a/b/manifests/absent', { status: 404 })
  const refused = await here.send('GET', '/v2/a/b/manifests/other', { status: 429 })
  assert.ok(Number(refused.headers.get('retry-after')) > 10)
  assert.equal(fixture.asked().length, 2)
  clock.now += 2000
  const stale = await here.send('GET', '/v2/a/b/manifests/latest', { status: 200 })
  assert.match(stale.headers.get('warning') ?? '', /as often as it may; this is the copy of before/)
  clock.now += 60_000
  await here.send('GET', '/v2/a/b/manifests/other', { status: 404 })
})

test('limits: so many blobs come at a time, at such a rate', async () => {
  const limits = { concurrency: 1, bytesPerSecond: 4 * mebibyte }
  await using fixture = await startMirror({ namespace: { limits } })
  const { there, here } = fixture
  const blobs = [randomBytes(mebibyte), randomBytes(mebibyte)]
  for (const bytes of blobs) await there.pushBlob('a/b', bytes)
  const startedAt = performance.now()
  const pull = async (bytes: Buffer) => {
    const response = await here.send('GET', `/v2/a/b/blobs/${digestOf(bytes)}`, { status: 200 })
    assert.ok((await bytesOf(response)).equals(bytes))
    return performance.now() - startedAt
  }
  const times = (await Promise.all(blobs.map(pull))).toSorted((a, b) => a - b)
  assert.ok((times[0] ?? 0) > 200 && (times[1] ?? 0) > 450, String(times))
})

test('a mirrored blob that rots is put aside by the scrub and fetched again', async () => {
  await using stack = new AsyncDisposableStack()
  const directory = await temporaryDirectory(stack)
  const fixture = stack.use(await startMirror({ registry: { directory } }))
  const { there, here, mirror } = fixture
  const bytes = randomBytes(100_000)
  const digest = await there.pushBlob('a/b', bytes)
  const pull = () => here.send('GET', `/v2/a/b/blobs/${digest}`, { status: 200 }).then(bytesOf)
  assert.ok((await pull()).equals(bytes))
  const hex = digestHex(digest)
  await writeFile(join(directory, 'blobs/sha256', hex.slice(0, 2), hex), randomBytes(100_000))
  assert.deepEqual((await mirror.registry.scrub({ maxAgeMs: -1000 })).lost, [digest])
  fixture.asked()
  assert.ok((await pull()).equals(bytes))
  assert.equal(fixture.asked().length, 1)
})

const ways: readonly [name: string, path: string, headers?: Record<string, string>][] = [
  ['registry-mirrors, which name no registry', '/v2/a/b'],
  ['a host name for each upstream', '/v2/a/b', { Host: 'other-mirror.test' }],
  ['the registry in front of the repository', '/v2/other.test/a/b'],
  ['the registry in front of the path', '/other.test/v2/a/b'],
]

test('addresses: the registry that is meant is found in every way that clients have to say it', async () => {
  await using other = await startMirror()
  const { digest: elsewhere } = await other.there.pushImage('a/b', 'latest')
  await using host = openRegistryHost({ url: new URL(other.upstream.url) })
  const names = { name: 'other.test', hosts: ['other-mirror.test'], aliases: ['other.test:5000'] }
  const second = { ...names, upstream: registryUpstream(host) }
  await using fixture = await startMirror({ more: [second] })
  const { digest: here } = await fixture.there.pushImage('a/b', 'latest')
  for (const [name, path, headers = {}] of ways) {
    const isFallback = headers['Host'] === undefined && !path.includes('other.test')
    const digest = await digestAt(`${fixture.mirror.url}${path}/manifests/latest`, headers)
    assert.equal(digest, isFallback ? here : elsewhere, name)
  }
  for (const [ns, digest] of [
    ['other.test', elsewhere],
    ['other.test:5000', elsewhere],
    ['up.test', here],
  ] as const) {
    const response = await fixture.here.send('GET', `/v2/a/b/manifests/latest?ns=${ns}`, { status: 200 })
    assert.equal(response.headers.get('docker-content-digest'), digest)
    assert.equal(response.headers.get('oci-namespace'), ns)
  }
  // Two names in one address: the path has it, and what else was said comes back in no header.
  for (const ns of ['quay.io', 'x%0d%0aSet-Cookie:y'])
    for (const path of ['/other.test/v2/a/b/manifests/latest', '/up.test/v2/a/b/manifests/latest']) {
      const response = await fixture.here.send('GET', `${path}?ns=${ns}`, { status: 200 })
      assert.equal(response.headers.get('oci-namespace'), null)
    }
  const unknown = await fixture.here.sendForError('GET', '/v2/a/b/manifests/latest?ns=quay.io', {
    status: 404,
  })
  assert.equal(unknown.code, 'NAME_UNKNOWN')
})

/** `fetch` does not let the host be chosen. */
async function digestAt(url: string, headers: Record<string, string>): Promise<string | undefined> {
  const [response] = (await once(get(url, { headers, agent: false }), 'response')) as [IncomingMessage]
  response.resume()
  return String(response.headers['docker-content-digest'])
}

test('a registry of its own that mirrors too keeps its repositories apart', async () => {
  await using fixture = await startMirror({ fallback: 'none' })
  const { here, there } = fixture
  const mine = await here.pushImage('a/b', 'latest')
  const theirs = await there.pushImage('a/b', 'latest')
  const digests = async (path: string) => {
    const response = await here.send('GET', path, { status: 200 })
    return response.headers.get('docker-content-digest')
  }
  assert.equal(await digests('/v2/a/b/manifests/latest'), mine.digest)
  assert.equal(await digests('/v2/a/b/manifests/latest?ns=docker.io'), mine.digest)
  assert.equal(await digests('/v2/up.test/a/b/manifests/latest'), theirs.digest)
})

test('CVE-2026-33540: the password for an upstream goes to no other host that it names', async () => {
  const seen: (string | undefined)[] = []
  await using thief = await startServer((request, response) => {
    seen.push(request.headers.authorization)
    response.end(JSON.stringify({ token: 'x' }))
  })
  await using upstream = await startServer((_, response) => {
    const realm = `${thief.url.replace('127.0.0.1', 'localhost')}/token`
    response.writeHead(401, { 'WWW-Authenticate': `Bearer realm="${realm}",service="s"` }).end()
  })
  const credentials = { username: 'me', password: 'secret' }
  await using fixture = await startMirror({ url: upstream.url, credentials })
  await fixture.here.send('GET', '/v2/a/b/manifests/latest', { status: 403 })
  assert.deepEqual(seen, [undefined])
})
