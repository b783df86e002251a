import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { digestOf } from '@berth/oci'
import { openS3Storage } from '@berth/registry-server'
import { testGarbageCollector } from '../../../packages/registry-server/src/testsuite/test-garbage-collector.ts'
import { testStorage } from '../../../packages/registry-server/src/testsuite/test-storage.ts'
import { RegistryRequests, withDigest } from '../../conformance/registry/registry-requests.ts'
import { kill, startProgramWith, temporaryDirectory } from './hub-program.ts'
import { eventually } from './mirror-fixture.ts'
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

/** Starts a hub on stores that others share; its own directory is empty. */
async function startReplica(stack: AsyncDisposableStack, stores: SharedStores, more: string[] = []) {
  const data = await temporaryDirectory(stack)
  const { flags, environment } = stores
  const options = { data, more: [...flags, '--workers', '1', ...more], environment }
  const { child, url } = await startProgramWith(stack, options)
  return { child, url, requests: new RegistryRequests(url) }
}

test('replicas: what is pushed to one is pulled from the other, and one upload goes over both', async () => {
  await using stack = new AsyncDisposableStack()
  const stores = await pair.create()
  const one = await startReplica(stack, stores)
  const other = await startReplica(stack, stores)
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

test('R3: a replica that is killed or stands still in an upload leaves it to another, and comes back too late', async () => {
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
  // The lock of a writer that says nothing any more is over after ten seconds.
  await sleep(10_500)
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
