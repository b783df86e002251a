import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { digestOf, type Reference } from '@berth/oci'
import { isCoded } from '@berth/stdx'
import { parseMirror } from './mirror-url.ts'
import { openRegistryClient } from '../registry-client.ts'
import {
  descriptorOf,
  manifestBytes,
  openFakeServer,
  referenceTo,
  sendError,
  sendManifest,
} from '../testsuite/fake-registry.ts'

const quick = { retryBaseMs: 1 }
// Docker Hub itself cannot be reached by these tests: a name that does not resolve stands in for a blocked line.
const blocked = { ...quick, connectMs: 50 }
const alpine: Reference = { registry: 'docker.io', repository: 'library/alpine', tag: 'latest' }

test('mirrors are asked in order, below their path, for docker.io alone', async () => {
  await using first = await openFakeServer((_request, response) =>
    sendError(response, { status: 404 }, { code: 'MANIFEST_UNKNOWN' }),
  )
  await using second = await openFakeServer((_request, response) => sendManifest(response))
  await using client = openRegistryClient({ mirrors: [first.url, `${second.url}/hub`], timeouts: quick })
  const { source } = await client.fetchManifest(alpine)
  assert.equal(source, `mirror ${second.url}/hub`)
  assert.equal(first.seen.length, 1)
  assert.equal(second.seen[0]?.path, '/hub/v2/library/alpine/manifests/latest')
  assert.equal(second.seen[0]?.query.get('ns'), 'docker.io')
  await client.fetchManifest(referenceTo(second.host))
  assert.equal(first.seen.length, 1)
  assert.equal(second.seen[1]?.query.get('ns'), null)
})

test('a mirror that is down is asked last for a while', async () => {
  await using down = await openFakeServer((_request, response) => response.writeHead(502).end())
  await using up = await openFakeServer((_request, response) => sendManifest(response))
  await using client = openRegistryClient({ mirrors: [down.url, up.url], timeouts: quick })
  await client.fetchManifest(alpine)
  await client.fetchManifest(alpine)
  await client.fetchManifest(alpine)
  assert.equal(down.seen.length, 1)
  assert.equal(up.seen.length, 3)
})

test('a mirror that accepts and says nothing costs one time limit', async () => {
  await using silent = await openFakeServer(() => {})
  await using up = await openFakeServer((_request, response) => sendManifest(response))
  await using client = openRegistryClient({
    mirrors: [silent.url, up.url],
    timeouts: { ...quick, responseMs: 1000 },
  })
  await client.fetchManifest(alpine)
  await client.fetchManifest(alpine)
  assert.equal(silent.seen.length, 1)
})

test('a mirror that stalls in the middle of a blob is left for the registry, which sends the rest alone', async () => {
  const bytes = Buffer.alloc(1_000_000, 'blob')
  await using stalling = await openFakeServer((_request, response) => {
    response.writeHead(200, { 'Content-Length': bytes.length }).write(bytes.subarray(0, 400_000))
  })
  await using upstream = await openFakeServer((request, response) => {
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1])
    response.writeHead(206, { 'Content-Range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` })
    response.end(bytes.subarray(start))
  })
  await using certs = await hostsDirectory({
    [`${upstream.host}/hosts.toml`]: `[host."${stalling.url}"]\n`,
  })
  // Nobody waits but for the stall.
  const timeouts = { retryBaseMs: 60_000, stallMs: 300 }
  await using client = openRegistryClient({ certsDirectories: [certs.directory], timeouts })
  const body = client.fetchBlob(referenceTo(upstream.host), descriptorOf(bytes))
  assert.deepEqual(Buffer.concat(await Array.fromAsync(body)), bytes)
  assert.equal(stalling.seen.length, 1)
  assert.deepEqual(
    upstream.seen.map(({ headers }) => headers.range),
    ['bytes=400000-'],
  )
  assert.deepEqual(
    client.downMirrors().map(({ url }) => url),
    [stalling.url],
  )
})

test('an image that no mirror has is not found, and the line to Docker Hub is told', async () => {
  await using mirror = await openFakeServer((_request, response) =>
    sendError(response, { status: 404 }, { code: 'MANIFEST_UNKNOWN' }),
  )
  await using client = openRegistryClient({ mirrors: [mirror.url], timeouts: blocked })
  await assert.rejects(client.fetchManifest(alpine), (error) => {
    assert.ok(isCoded(error, 'not-found'))
    assert.match(
      error.message,
      /^manifest for alpine:latest not found: manifest unknown: manifest unknown \(/,
    )
    assert.ok(
      error.message.includes(`mirror ${mirror.url}: 404 manifest unknown; registry-1.docker.io: `),
      error.message,
    )
    return true
  })
})

test('when nothing can be reached the error names each host and says what to try', async () => {
  await using closed = await openFakeServer(() => {})
  await closed[Symbol.asyncDispose]()
  await using client = openRegistryClient({ mirrors: [closed.url], timeouts: blocked })
  await assert.rejects(client.fetchManifest(alpine), (error) => {
    assert.ok(isCoded(error, 'unavailable'))
    assert.match(error.message, /^Get "https:\/\/registry-1\.docker\.io\/v2\/": /)
    assert.match(error.message, /connection refused/)
    assert.ok(error.hint)
    return true
  })
})

test('parseMirror() refuses what dockerd refuses, without showing a password', () => {
  assert.equal(parseMirror('http://127.0.0.1:5000').href, 'http://127.0.0.1:5000/')
  assert.equal(parseMirror('https://m.example.com/a/b').href, 'https://m.example.com/a/b/')
  const refused: Record<string, string> = {
    'mirror-1.example.com:5000': `invalid mirror: no scheme specified for "mirror-1.example.com:5000": must use either 'https://' or 'http://'`,
    'ftp://mirror-1.example.com': `invalid mirror: unsupported scheme "ftp" in "ftp://mirror-1.example.com": must use either 'https://' or 'http://'`,
    'http://m.example.com/?q=foo':
      'invalid mirror: query or fragment at end of the URI "http://m.example.com/?q=foo"',
    'https://user:secret@m.example.com':
      'invalid mirror: username/password not allowed in URI "https://xxxxx:xxxxx@m.example.com/"',
  }
  for (const [text, message] of Object.entries(refused))
    assert.throws(() => parseMirror(text), { message, code: 'invalid-argument' })
})

async function hostsDirectory(files: Record<string, string>) {
  const directory = await mkdtemp(join(tmpdir(), 'berth-certs-'))
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true })
    await writeFile(join(directory, path), text)
  }
  return { directory, [Symbol.asyncDispose]: () => rm(directory, { recursive: true }) }
}

test('hosts.toml gives any registry mirrors, by what they are for, and is read again', async () => {
  await using tags = await openFakeServer((_request, response) => sendManifest(response))
  await using blobs = await openFakeServer((_request, response) => sendManifest(response))
  await using upstream = await openFakeServer((_request, response) => sendManifest(response))
  await using certs = await hostsDirectory({
    [`${upstream.host.replace(/:(\d+)$/, '_$1_')}/hosts.toml`]: `
[host."${blobs.url}/blobs-only"]
  capabilities = ["pull"]
  override_path = true
[host."${tags.url}/cache"]
  capabilities = ["resolve"]
  [host."${tags.url}/cache".header]
    x-mirror = "canary"
`,
  })
  await using client = openRegistryClient({ certsDirectories: [certs.directory], timeouts: quick })
  const reference = referenceTo(upstream.host)
  assert.equal((await client.fetchManifest(reference)).source, `mirror ${tags.url}/cache`)
  assert.equal(tags.seen[0]?.path, '/cache/v2/team/app/manifests/v1')
  assert.equal(tags.seen[0]?.query.get('ns'), upstream.host)
  assert.equal(tags.seen[0]?.headers['x-mirror'], 'canary')
  const byDigest = { digest: digestOf(manifestBytes) }
  assert.equal((await client.fetchManifest(reference, byDigest)).source, `mirror ${blobs.url}/blobs-only`)
  assert.equal(blobs.seen[0]?.path, `/blobs-only/team/app/manifests/${byDigest.digest}`)
  assert.equal(blobs.seen[0]?.headers['x-mirror'], undefined)
  await rm(join(certs.directory, upstream.host.replace(/:(\d+)$/, '_$1_'), 'hosts.toml'))
  assert.equal((await client.fetchManifest(reference)).source, upstream.host)
  assert.equal(upstream.seen[0]?.query.get('ns'), null)
})

test('hosts.toml counts more than registry-mirrors, and its server may be another host', async () => {
  await using mirror = await openFakeServer((_request, response) => sendManifest(response))
  await using near = await openFakeServer((_request, response) => response.writeHead(502).end())
  await using server = await openFakeServer((_request, response) => sendManifest(response))
  await using certs = await hostsDirectory({
    'docker.io/hosts.toml': `server = "${server.url}"\n[host."${near.url}"]\n`,
  })
  await using client = openRegistryClient({
    certsDirectories: [certs.directory],
    mirrors: [mirror.url],
    timeouts: quick,
  })
  assert.equal((await client.fetchManifest(alpine)).source, server.host)
  assert.equal(mirror.seen.length, 0)
  assert.equal(near.seen.length, 1)
})

test('a hosts.toml that cannot be read is told with its line', async () => {
  await using certs = await hostsDirectory({ '_default/hosts.toml': 'server = "https://a"\nserver = 1\n' })
  await using client = openRegistryClient({ certsDirectories: [certs.directory], timeouts: quick })
  await assert.rejects(client.fetchManifest(alpine), {
    code: 'failed-precondition',
    message: `Cannot read ${certs.directory}/_default/hosts.toml: line 2: key server is there twice`,
  })
})

test('configure() changes the mirrors of a client that is open', async () => {
  await using first = await openFakeServer((_request, response) => sendManifest(response))
  await using second = await openFakeServer((_request, response) => sendManifest(response))
  await using client = openRegistryClient({ mirrors: [first.url], timeouts: quick })
  await client.fetchManifest(alpine)
  client.configure({ mirrors: [second.url] })
  assert.equal((await client.fetchManifest(alpine)).source, `mirror ${second.url}`)
  assert.throws(() => client.configure({ mirrors: ['nonsense'] }), { code: 'invalid-argument' })
  assert.equal((await client.fetchManifest(alpine)).source, `mirror ${second.url}`)
})
