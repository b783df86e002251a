import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { globSync } from 'node:fs'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { digestOf, type Digest } from '@berth/oci'
import { openS3Storage } from '@berth/registry-server'
import { eventually, temporaryDirectory } from '@berth/stdx/testsuite'
import { testGarbageCollector } from '../../../packages/registry-server/src/testsuite/test-garbage-collector.ts'
import { testStorage } from '../../../packages/registry-server/src/testsuite/test-storage.ts'
import { RegistryRequests, withDigest } from '../../conformance/registry/registry-requests.ts'
import { startEngine } from '../../fixtures/engine.ts'
import { keepHubsOn, startHub } from '../../fixtures/hub.ts'
import { busyboxImage } from '../../fixtures/images.ts'
import { runProgram } from '../../fixtures/program.ts'
import { kill, startProgramWith } from './hub-program.ts'
import { ImageHistory } from './image-history.ts'
import { startMirror } from './mirror-fixture.ts'
import { retryPut } from './retried-put.ts'
import { serveRegistry, type ServedRegistry } from './served-registry.ts'
import { startStorePair, type SharedStores } from './store-pair.ts'

const pair = await startStorePair()
after(() => pair[Symbol.asyncDispose]())

const bucket = await pair.objects.createBucket()
const { endpoint, credentials } = pair.objects
testStorage('s3', (directory) => {
  const prefix = `${createHash('sha256').update(directory).digest('hex')}/`
  return openS3Storage({ bucket, prefix, endpoint, credentials })
})

testGarbageCollector('postgres and s3', pair.openStores)

describe('conformance: postgres and s3', async () => {
  keepHubsOn(pair.openStores)
  const directory = join(import.meta.dirname, '../../conformance/registry')
  for (const file of globSync('*.test.ts', { cwd: directory })) await import(join(directory, file))
})

/** Starts a hub on stores that others share; its own directory is empty. */
async function startReplica(stack: AsyncDisposableStack, stores: SharedStores, more: string[] = []) {
  const data = await temporaryDirectory(stack)
  const { flags, environment } = stores
  const workers = more.includes('--workers') ? [] : ['--workers', '1']
  const options = { data, more: ['--access', 'open', ...flags, ...workers, ...more], environment }
  const { child, url } = await startProgramWith(stack, options)
  return { child, url, requests: new RegistryRequests(url) }
}

test('replicas: what is pushed to one is pulled from the other, and one upload goes over both', async () => {
  await using stack = new AsyncDisposableStack()
  const stores = await pair.create()
  const one = await startReplica(stack, stores)
  const other = await startReplica(stack, stores, ['--workers', '2'])
  const { digest } = await one.requests.pushImage('team/app', 'v1')
  const pulled = await other.requests.send('GET', '/v2/team/app/manifests/v1', { status: 200 })
  assert.equal(pulled.headers.get('docker-content-digest'), digest)

  const bytes = randomBytes(20_000_000)
  const path = await one.requests.beginUpload('team/app')
  const chunks = [0, 100, 9_000_000, 18_000_000, bytes.length]
  for (const [index, start] of chunks.slice(0, -1).entries()) {
    const end = chunks[index + 1] ?? 0
    const body = bytes.subarray(start, end)
    const headers = { 'Content-Range': `${start}-${end - 1}`, 'Content-Type': 'application/octet-stream' }
    await [one, other][index % 2]!.requests.send('PATCH', path, { body, headers, status: 202 })
    const status = await one.requests.send('GET', path, { status: 204 })
    assert.equal(status.headers.get('range'), `0-${end - 1}`)
  }
  await one.requests.send('PUT', withDigest(path, digestOf(bytes)), { status: 201 })
  const blob = await other.requests.send('GET', `/v2/team/app/blobs/${digestOf(bytes)}`, { status: 200 })
  assert.equal(digestOf(Buffer.from(await blob.arrayBuffer())), digestOf(bytes))
  await other.requests.send('GET', path, { status: 404 })
})

test('two replicas collect all the time while clients push to and delete from both, and nothing is lost', async () => {
  await using stack = new AsyncDisposableStack()
  const stores = await pair.create()
  // What is guarded for an hour is free after seven seconds: a push that the machine holds up for some is not too late.
  const startedAt = Date.now()
  const now = () => startedAt + (Date.now() - startedAt) * 500
  const replicas: ServedRegistry[] = []
  for (let index = 0; index < 2; index++) {
    const { database, storage } = await stores.open()
    stack.use(database)
    replicas.push(stack.use(await serveRegistry({ database, storage, now })))
  }
  const endsAt = Date.now() + 10_000
  const deleted: number[] = []
  const collect = async ({ registry }: ServedRegistry) => {
    const isFreed = () => deleted.some((count) => count > 0)
    while (Date.now() < endsAt || (!isFreed() && Date.now() < endsAt + 30_000)) {
      deleted.push((await registry.collectGarbage()).deletedBlobs)
      await sleep(100)
    }
  }
  const histories = Array.from(
    { length: 4 },
    (_, index) => new ImageHistory(replicas[index % 2]!.url, `pusher/${index}`),
  )
  const push = async (history: ImageHistory, index: number) => {
    while (Date.now() < endsAt) {
      await history.push(500)
      await history.push()
      assert.equal(await history.assertPresent(replicas[(index + 1) % 2]!.url), 2)
      await Promise.all([history.deleteOldest(), history.deleteOldest()])
    }
    await history.push()
  }
  await Promise.all([...replicas.map(collect), ...histories.map(push)])
  for (const history of histories) assert.equal(await history.assertPresent(), 1)
  assert.ok(deleted.length > 4)
  assert.ok(Math.max(...deleted) > 0)
})

test('a replica that is killed or stands still in an upload leaves it to another, and comes back too late', async () => {
  await using stack = new AsyncDisposableStack()
  const stores = await pair.create()
  const [dying, paused, living] = [
    await startReplica(stack, stores),
    await startReplica(stack, stores),
    await startReplica(stack, stores),
  ]
  const bytes = randomBytes(20_000_000)
  const broken = await Promise.all([dying, paused].map(({ url }) => sendHalf(url, bytes)))
  for (const { path } of broken) {
    await eventually(async () => assert.ok((await offsetOf(living.requests, path)) >= 16_000_000))
    await living.requests.send('PATCH', path, { body: 'x', status: 416 })
  }
  await kill(dying.child)
  paused.child.kill('SIGSTOP')
  // The lock of a writer that says nothing any more is over after ten seconds of the store's clock, which counts whole ones.
  await sleep(12_000)
  for (const { path } of broken) {
    const offset = await offsetOf(living.requests, path)
    const headers = { 'Content-Range': `${offset}-${bytes.length - 1}` }
    await living.requests.send('PATCH', path, { body: bytes.subarray(offset), headers, status: 202 })
  }
  paused.child.kill('SIGCONT')
  broken[1]!.patch.end(Buffer.alloc(3_000_000))
  const [response] = (await once(broken[1]!.patch, 'response')) as [IncomingMessage]
  assert.equal(response.statusCode, 503)
  assert.ok(Number(response.headers['retry-after']) > 0)
  for (const { path } of broken) {
    await living.requests.send('PUT', withDigest(path, digestOf(bytes)), { status: 201 })
    const blob = await living.requests.send('GET', `/v2/team/app/blobs/${digestOf(bytes)}`, { status: 200 })
    assert.equal(digestOf(Buffer.from(await blob.arrayBuffer())), digestOf(bytes))
    await living.requests.send('DELETE', `/v2/team/app/blobs/${digestOf(bytes)}`, { status: 202 })
  }
})

/** Begins an upload and sends most of it in a request that does not end. */
async function sendHalf(url: string, bytes: Buffer) {
  const path = await new RegistryRequests(url).beginUpload('team/app')
  const headers = { 'Content-Length': bytes.length }
  const patch = httpRequest(new URL(path, url), { method: 'PATCH', headers })
  patch.on('error', () => {})
  patch.write(bytes.subarray(0, 17_000_000))
  return { path, patch }
}

async function offsetOf(requests: RegistryRequests, path: string): Promise<number> {
  const { headers } = await requests.send('GET', path, { status: 204 })
  return Number(/^0-(\d+)$/.exec(headers.get('range') ?? '')?.[1]) + 1
}

test('R3: a replica killed before it answers the last PUT takes the same again, on PostgreSQL and S3', async () => {
  await using stack = new AsyncDisposableStack()
  const { flags: more, environment } = await pair.create()
  const data = await temporaryDirectory(stack)
  await retryPut(stack, {
    ending: 'PATCH of a half, PUT of the other with its range',
    data,
    more,
    environment,
  })
})

test('a mirror keeps what it fetches in the object store, and what is on its way on its own disk', async () => {
  await using stack = new AsyncDisposableStack()
  const { database, storage } = await (await pair.create()).open()
  stack.use(database)
  const fixture = stack.use(await startMirror({ registry: { database, storage } }))
  const bytes = randomBytes(9_000_000)
  const digest = await fixture.there.pushBlob('a/b', bytes)
  fixture.asked()
  for (let round = 0; round < 2; round++) {
    const path = `/v2/a/b/blobs/${digest}`
    const pulls = await Promise.all([1, 2, 3].map(() => fixture.here.send('GET', path, { status: 200 })))
    for (const pull of pulls) assert.equal(digestOf(Buffer.from(await pull.arrayBuffer())), digest)
  }
  assert.equal(fixture.asked().length, 1)
  assert.deepEqual(await Array.fromAsync(storage.listBlobs()), [digest])
  assert.deepEqual(await Array.fromAsync(storage.listUploads()), [])
})

test('redirect: large blobs are read from the object store itself, by range too, without saying who asks', async () => {
  await using stack = new AsyncDisposableStack()
  const stores = await pair.create()
  const storage = stores.flags.at(-1) ?? ''
  const { requests, url } = await startReplica(stack, stores, ['--storage', `${storage}&redirect=true`])
  const bytes = randomBytes(400_000)
  const digest = await requests.pushBlob('team/app', bytes)
  const path = `/v2/team/app/blobs/${digest}`
  const head = await requests.send('HEAD', path, { status: 200 })
  assert.equal(head.headers.get('content-length'), '400000')
  const redirect = await requests.send('GET', path, { headers: { Range: 'bytes=5-9' }, status: 307 })
  assert.equal(redirect.headers.get('docker-content-digest'), digest)
  const location = new URL(redirect.headers.get('location') ?? '')
  assert.equal(location.origin, endpoint.origin)
  assert.ok(!location.href.includes(credentials.secretAccessKey))
  const headers = { Range: 'bytes=5-9', Authorization: 'Bearer what the registry was shown' }
  // As every client does on the way to another host, this one leaves the header out.
  const followed = await fetch(new URL(path, url), { headers })
  assert.equal(followed.status, 206)
  assert.deepEqual(Buffer.from(await followed.arrayBuffer()), bytes.subarray(5, 10))
  const part = await fetch(location, { headers: { Range: 'bytes=5-9' } })
  assert.equal(part.status, 206)
  assert.deepEqual(Buffer.from(await part.arrayBuffer()), bytes.subarray(5, 10))
  const whole = await fetch(location)
  assert.equal(digestOf(Buffer.from(await whole.arrayBuffer())), digest)
  location.searchParams.set('X-Amz-Expires', '86400')
  assert.equal((await fetch(location)).status, 403, 'for no longer than it was meant')
  const small = await requests.pushBlob('team/app', Buffer.from('small'))
  await requests.send('GET', `/v2/team/app/blobs/${small}`, { status: 200 })
  await deleteBehind(stores, digest)
  await requests.send('GET', path, { status: 503 })
})

test('redirect: docker, skopeo, podman and berth follow to the object store', async () => {
  await using stack = new AsyncDisposableStack()
  const directory = await temporaryDirectory(stack)
  const stores = await pair.create()
  const storage = stores.flags.at(-1) ?? ''
  const { requests, url } = await startReplica(stack, stores, ['--storage', `${storage}&redirect=true`])
  const image = await busyboxImage({ mediaTypes: 'docker' })
  const source = stack.use(await startHub())
  await source.push(image, 'team/app:v1')
  const name = `${new URL(url).host}/team/app:v1`
  const succeed = async (...argv: string[]) => {
    const { exitCode, stdout, stderr } = await runProgram(argv)
    assert.equal(exitCode, 0, `${argv.join(' ')}: ${stderr}`)
    return stdout.trim()
  }
  const insecure = ['--src-tls-verify=false', '--dest-tls-verify=false']
  await succeed('skopeo', 'copy', ...insecure, `docker://${source.address}/team/app:v1`, `docker://${name}`)
  const layer = image.layers[0]?.descriptor ?? assert.fail()
  await requests.send('GET', `/v2/team/app/blobs/${layer.digest}`, { status: 307 })

  const engine = stack.use(await startEngine({ bridge: 'none' }))
  for (const command of [
    ['pull', '-q'],
    ['run', '--rm', '--network', 'none'],
    ['rmi', '-f'],
  ]) {
    const { exitCode, stderr } = await engine.docker([
      ...command,
      name,
      ...(command[0] === 'run' ? ['true'] : []),
    ])
    assert.equal(exitCode, 0, stderr)
  }
  await succeed('skopeo', 'copy', ...insecure, `docker://${name}`, `dir:${directory}/skopeo`)
  const roots = ['--root', `${directory}/podman`, '--runroot', `${directory}/podman-run`]
  const podman = ['podman', ...roots, '--storage-driver', 'vfs', '--events-backend', 'file']
  assert.equal(
    await succeed(...podman, 'pull', '-q', '--tls-verify=false', name),
    image.imageId.slice('sha256:'.length),
  )
  await succeed(...podman, 'rmi', '-a', '-f')
  const berth = join(import.meta.dirname, '../../../bin/berth')
  assert.equal(
    await succeed(berth, 'image', 'copy', '-q', `docker://${name}`, `oci:${directory}/berth`),
    image.descriptor.digest,
  )
})

// The last: an object store that was killed is slow for a while.
test('a database or an object store that is gone is 503 with Retry-After, never 404, until it is back', async () => {
  await using stack = new AsyncDisposableStack()
  const stores = await pair.create()
  const { requests } = await startReplica(stack, stores)
  const { layer } = await requests.pushImage('team/app', 'v1')
  const manifest = '/v2/team/app/manifests/v1'
  const blob = `/v2/team/app/blobs/${digestOf(layer)}`
  const expectUnavailable = async (method: string, path: string) => {
    const response = await requests.send(method, path, { status: 503 })
    assert.ok(Number(response.headers.get('retry-after')) > 0, path)
  }
  const expectServed = () =>
    eventually(async () => {
      for (const path of [manifest, blob, '/readyz']) await requests.send('GET', path, { status: 200 })
    })
  await expectServed()
  await pair.database.kill()
  try {
    for (const path of [manifest, blob, '/v2/team/app/tags/list', '/v2/_catalog', '/v2/new/app/manifests/x'])
      await expectUnavailable('GET', path)
    await expectUnavailable('POST', `/v2/team/app/blobs/uploads/?mount=${digestOf(layer)}&from=team/app`)
    await expectUnavailable('GET', '/readyz')
  } finally {
    await pair.database.start()
  }
  await expectServed()
  const upload = await requests.beginUpload('team/app')
  await pair.objects.kill()
  try {
    await expectUnavailable('GET', blob)
    await expectUnavailable('GET', upload)
    await expectUnavailable('POST', '/v2/team/app/blobs/uploads/')
    await expectUnavailable('GET', '/readyz')
  } finally {
    await pair.objects.start()
  }
  await expectServed()
  await requests.send('GET', upload, { status: 204 })
  await deleteBehind(stores, digestOf(layer))
  await expectUnavailable('GET', blob)
})

/** Deletes a blob's bytes and leaves the tables as they are. */
async function deleteBehind(stores: SharedStores, digest: Digest): Promise<void> {
  const { database, storage } = await stores.open()
  await using _ = database
  await storage.deleteBlob(digest)
}
