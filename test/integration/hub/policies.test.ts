import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { Agent, request, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import { digestOf } from '@berth/oci'
import { temporaryDirectory } from '@berth/stdx/testsuite'
import { RegistryRequests, withDigest } from '../../conformance/registry/registry-requests.ts'
import { serveRegistry } from './served-registry.ts'

const mebibyte = 1024 * 1024

test('CVE-2026-31801: a tag that may not change is neither overwritten nor deleted, in no way', async () => {
  const policies = [{ repositories: 'team/*', immutableTags: ['v*'] }]
  await using served = await serveRegistry({ policies })
  const requests = new RegistryRequests(served.url)
  const { digest, bytes } = await requests.pushImage('team/app', 'v1')
  const document = JSON.parse(bytes.toString()) as object
  await requests.pushManifest('team/app', 'v1', document)
  const other = { ...document, annotations: { changed: 'yes' } }
  const put = {
    body: JSON.stringify(other),
    headers: { 'Content-Type': 'application/vnd.oci.image.manifest.v1+json' },
  }
  const otherDigest = digestOf(put.body)
  for (const [method, path, options] of [
    ['PUT', 'v1', put],
    ['PUT', `${otherDigest}?tag=edge&tag=v1`, put],
    ['DELETE', 'v1', {}],
    ['DELETE', digest, {}],
  ] as const) {
    const error = await requests.sendForError(method, `/v2/team/app/manifests/${path}`, {
      ...options,
      status: 403,
    })
    assert.deepEqual(error, { code: 'DENIED', message: 'tag is immutable', detail: { tag: 'v1' } })
  }
  await requests.send('GET', '/v2/team/app/manifests/edge', { status: 404 })
  const now = await requests.send('HEAD', '/v2/team/app/manifests/v1', { status: 200 })
  assert.equal(now.headers.get('docker-content-digest'), digest)
  await requests.pushManifest('team/app', 'edge', other)
  await requests.pushManifest('team/app', 'edge', document)
})

test('a quota is what all blobs of a repository may take, mounted ones too', async () => {
  await using served = await serveRegistry({ policies: [{ repositories: 'small/*', quotaBytes: 1000 }] })
  const requests = new RegistryRequests(served.url)
  const first = randomBytes(600)
  await requests.pushBlob('small/app', first)
  await requests.pushBlob('small/app', first)
  const second = randomBytes(600)
  const path = withDigest(await requests.beginUpload('small/app'), digestOf(second))
  const error = await requests.sendForError('PUT', path, { body: second, status: 403 })
  assert.equal(error.message, 'quota of the repository exceeded: it is 1000 bytes, of which 600 are used')
  const digest = await requests.pushBlob('large/app', second)
  await requests.send('HEAD', `/v2/small/app/blobs/${digest}`, { status: 404 })
  await requests.send('POST', `/v2/small/app/blobs/uploads/?mount=${digest}&from=large/app`, { status: 403 })
  await requests.send('DELETE', `/v2/small/app/blobs/${digestOf(first)}`, { status: 202 })
  await requests.send('POST', `/v2/small/app/blobs/uploads/?mount=${digest}&from=large/app`, { status: 201 })
})

test('an upload that is larger than the quota is refused before it is there, ended, and leaves nothing', async () => {
  await using stack = new AsyncDisposableStack()
  const directory = await temporaryDirectory(stack)
  const policies = [{ repositories: 'small/*', quotaBytes: 1000 }]
  const served = stack.use(await serveRegistry({ directory, policies }))
  const requests = new RegistryRequests(served.url)
  const bytes = randomBytes(1001)
  const streamed = () =>
    Readable.toWeb(Readable.from([bytes.subarray(0, 600), bytes.subarray(600)])) as ReadableStream
  const toQuery = async () => `/v2/small/app/blobs/uploads/?digest=${digestOf(bytes)}`
  const toUpload = () => requests.beginUpload('small/app')
  const toDigest = async () => withDigest(await toUpload(), digestOf(bytes))
  for (const [method, pathOf] of [
    ['PATCH', toUpload],
    ['PUT', toDigest],
    ['POST', toQuery],
  ] as const)
    for (const body of [bytes, streamed()]) {
      const path = await pathOf()
      const error = await requests.sendForError(method, path, { body, status: 403 })
      assert.deepEqual(error, {
        code: 'DENIED',
        message: 'quota of the repository exceeded: it is 1000 bytes',
        detail: { quotaBytes: 1000, usedBytes: 0 },
      })
      if (method === 'PATCH') await requests.send('GET', path, { status: 404 })
    }
  // What was sent in chunks that fit is counted as well.
  const path = await toUpload()
  await requests.send('PATCH', path, { body: bytes.subarray(0, 900), status: 202 })
  await requests.send('PATCH', path, { body: bytes.subarray(900), status: 403 })
  assert.deepEqual(await readdir(join(directory, 'uploads')), [])
  assert.deepEqual(await readdir(join(directory, 'blobs')), [])
})

test('of three uploads side by side that each fit two get in, and the third leaves nothing', async () => {
  await using stack = new AsyncDisposableStack()
  const directory = await temporaryDirectory(stack)
  const policies = [{ repositories: 'small/*', quotaBytes: 1000 }]
  const served = stack.use(await serveRegistry({ directory, policies }))
  const requests = new RegistryRequests(served.url)
  const uploads = await Promise.all(
    Array.from({ length: 3 }, async () => {
      const body = randomBytes(400)
      const path = await requests.beginUpload('small/app')
      await requests.send('PATCH', path, { body, status: 202 })
      return { body, digest: digestOf(body), path }
    }),
  )
  const answers = await Promise.all(
    uploads.map(({ path, digest }) =>
      fetch(new URL(withDigest(path, digest), served.url), { method: 'PUT' }),
    ),
  )
  assert.deepEqual(
    answers.map(({ status }) => status).toSorted((one, other) => one - other),
    [201, 201, 403],
  )
  for (const [index, { digest }] of uploads.entries()) {
    const status = answers[index]?.status === 201 ? 200 : 404
    await requests.send('HEAD', `/v2/small/app/blobs/${digest}`, { status })
  }
  assert.deepEqual(await readdir(join(directory, 'uploads')), [])
})

test('a client that goes on sending after it was refused has time to read why', async () => {
  await using served = await serveRegistry({ policies: [{ repositories: 'small/*', quotaBytes: 1000 }] })
  for (const connection of ['keep-alive', 'close']) {
    const path = await new RegistryRequests(served.url).beginUpload('small/app')
    const socket = connect(Number(new URL(served.url).port), '127.0.0.1')
    const closed = Promise.withResolvers<number>()
    // The end of what it sends is a reset.
    socket.on('error', () => {})
    socket.once('close', () => closed.resolve(performance.now()))
    const head = `Host: registry\r\nConnection: ${connection}\r\nContent-Length: ${64 * mebibyte}`
    socket.write(`PATCH ${path} HTTP/1.1\r\n${head}\r\n\r\n`)
    const answered = once(socket, 'data') as Promise<[Buffer]>
    for (let sent = 0; sent < 32; sent++) socket.write(Buffer.alloc(mebibyte))
    const [answer] = await answered
    const answeredAt = performance.now()
    assert.match(String(answer), /^HTTP\/1\.1 403 .*quota of the repository exceeded/s)
    assert.ok((await closed.promise) - answeredAt > 500, connection)
  }
})

test('a connection is used again after a refused body that is not long', async () => {
  await using served = await serveRegistry({ policies: [{ repositories: 'small/*', quotaBytes: 1000 }] })
  const requests = new RegistryRequests(served.url)
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  for (let round = 0; round < 3; round++) {
    const path = await requests.beginUpload('small/app')
    const sent = request(new URL(path, served.url), { method: 'PATCH', agent })
    sent.end(Buffer.alloc(mebibyte))
    const [response] = (await once(sent, 'response')) as [IncomingMessage]
    assert.equal(response.statusCode, 403)
    assert.equal(sent.reusedSocket, round > 0)
    await response.toArray()
  }
  agent.destroy()
})
