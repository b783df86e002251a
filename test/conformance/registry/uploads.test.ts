import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import { after, before, describe as group, test } from 'node:test'
import { digestOf, type Digest } from '@berth/oci'
import { startHub, type TestHub } from '../../fixtures/hub.ts'
import { location, RegistryRequests, withDigest } from './registry-requests.ts'

let hub: TestHub
let registry: RegistryRequests
before(async () => {
  hub = await startHub()
  registry = new RegistryRequests(hub.url)
})
after(() => hub[Symbol.asyncDispose]())

const octets = { 'Content-Type': 'application/octet-stream' }
const chunk = (start: number, end: number) => ({ ...octets, 'Content-Range': `${start}-${end}` })

async function assertStored(repository: string, digest: Digest, bytes: Uint8Array): Promise<void> {
  const response = await registry.send('GET', `/v2/${repository}/blobs/${digest}`, { status: 200 })
  assert.deepEqual(Buffer.from(await response.arrayBuffer()), Buffer.from(bytes))
}

for (const algorithm of ['sha256', 'sha512'] as const) {
  group(`uploads by ${algorithm}`, () => {
    const bytes = randomBytes(300_000)
    const digest = digestOf(bytes, algorithm)

    test('one POST with the digest stores a blob', async () => {
      const path = `/v2/post/only/blobs/uploads/?digest=${digest}`
      const response = await registry.send('POST', path, { body: bytes, headers: octets, status: 201 })
      assert.equal(location(response), `/v2/post/only/blobs/${digest}`)
      await assertStored('post/only', digest, bytes)
    })

    test('POST and PUT store a blob', async () => {
      await registry.pushBlob('post/put', bytes, algorithm)
      await assertStored('post/put', digest, bytes)
    })

    test('POST with the algorithm, a streamed PATCH and PUT store a blob', async () => {
      const path = await registry.beginUpload('patch/stream', `?digest-algorithm=${algorithm}`)
      const body = new Blob([bytes]).stream()
      const patched = await registry.send('PATCH', path, { body, headers: octets, status: 202 })
      assert.equal(patched.headers.get('range'), `0-${bytes.length - 1}`)
      await registry.send('PUT', withDigest(location(patched), digest), { status: 201 })
      await assertStored('patch/stream', digest, bytes)
    })

    for (const isLastInPut of [false, true]) {
      test(`chunks with the last in ${isLastInPut ? 'PUT' : 'PATCH'} store a blob, and one out of order changes nothing`, async () => {
        let path = await registry.beginUpload('patch/chunks')
        const size = 100_000
        for (let start = 0; start < bytes.length; start += size) {
          const headers = chunk(start, start + size - 1)
          const wrong = chunk(start + 1, start + size)
          await registry.send('PATCH', path, { body: bytes.subarray(0, size), headers: wrong, status: 416 })
          const found = await registry.send('GET', path, { status: 204 })
          assert.equal(found.headers.get('range'), `0-${Math.max(0, start - 1)}`)
          const isLast = isLastInPut && start + size >= bytes.length
          const body = bytes.subarray(start, start + size)
          if (isLast) await registry.send('PUT', withDigest(path, digest), { body, headers, status: 201 })
          else path = location(await registry.send('PATCH', path, { body, headers, status: 202 }))
        }
        if (!isLastInPut) await registry.send('PUT', withDigest(path, digest), { status: 201 })
        await assertStored('patch/chunks', digest, bytes)
      })
    }

    test('bytes that are not those of the digest are refused on every way', async () => {
      const wrong = digestOf('something else', algorithm)
      const put = withDigest(await registry.beginUpload('bad/digest'), wrong)
      const patched = await registry.beginUpload('bad/digest')
      await registry.send('PATCH', patched, { body: bytes, headers: octets, status: 202 })
      for (const [method, path, body] of [
        ['POST', `/v2/bad/digest/blobs/uploads/?digest=${wrong}`, bytes],
        ['PUT', put, bytes],
        ['PUT', withDigest(patched, wrong), Buffer.alloc(0)],
      ] as const) {
        const error = await registry.sendForError(method, path, { body, headers: octets, status: 400 })
        assert.equal(error.code, 'DIGEST_INVALID')
      }
      await registry.send('HEAD', `/v2/bad/digest/blobs/${wrong}`, { status: 404 })
    })

    test('a finished upload can be finished again', async () => {
      const path = withDigest(await registry.beginUpload('put/twice'), digest)
      await registry.send('PUT', path, { body: bytes, headers: octets, status: 201 })
      await registry.send('PUT', path, { body: bytes, headers: octets, status: 201 })
      const unknown = withDigest(path.split('?')[0] ?? '', digestOf('another', algorithm))
      await registry.send('PUT', unknown, { body: bytes, headers: octets, status: 404 })
    })
  })
}

test('a cancelled upload is gone', async () => {
  const path = await registry.beginUpload('cancel/it')
  await registry.send('PATCH', path, { body: 'bytes', headers: octets, status: 202 })
  await registry.send('DELETE', path, { status: 204 })
  const digest = digestOf('bytes')
  for (const [method, target] of [
    ['GET', path],
    ['DELETE', path],
    ['PATCH', path],
    ['PUT', withDigest(path, digest)],
  ] as const) {
    const error = await registry.sendForError(method, target, { headers: octets, status: 404 })
    assert.equal(error.code, 'BLOB_UPLOAD_UNKNOWN')
  }
})

test('an upload is known only in the repository that it was begun in', async () => {
  const path = await registry.beginUpload('upload/mine')
  await registry.send('GET', path.replace('upload/mine', 'upload/yours'), { status: 404 })
  await registry.send('GET', '/v2/upload/mine/blobs/uploads/no-such-upload', { status: 404 })
  await registry.send('GET', '/v2/upload/mine/blobs/uploads/..%2f..%2fregistry.db', { status: 404 })
})

test('a chunk whose length is not that of its range is refused', async () => {
  const path = await registry.beginUpload('chunk/length')
  const error = await registry.sendForError('PATCH', path, {
    body: 'four',
    headers: chunk(0, 9),
    status: 400,
  })
  assert.equal(error.code, 'SIZE_INVALID')
  await registry.send('PATCH', path, {
    body: 'four',
    headers: { ...octets, 'Content-Range': 'x' },
    status: 416,
  })
})

test('an upload without a digest is refused, and one by an unknown algorithm', async () => {
  const path = await registry.beginUpload('no/digest')
  await registry.send('PUT', path, { body: 'x', headers: octets, status: 400 })
  await registry.send('POST', '/v2/no/digest/blobs/uploads/?digest-algorithm=md5', { status: 400 })
})

test('a second writer of an upload is refused and the first goes on', async () => {
  const path = await registry.beginUpload('two/writers')
  const first = httpRequest(new URL(path, hub.url), { method: 'PATCH', headers: octets })
  const answered = Promise.withResolvers<number | undefined>()
  first.on('response', (response) => answered.resolve(response.resume().statusCode))
  first.on('error', answered.reject)
  first.write('first ')
  await waitForOffset(path, 6)
  await registry.send('PATCH', path, { body: 'second', headers: octets, status: 416 })
  first.end('writer')
  assert.equal(await answered.promise, 202)
  await registry.send('PUT', withDigest(path, digestOf('first writer')), { status: 201 })
})

test('a body that breaks off leaves what came, and the upload goes on from there', async () => {
  const path = await registry.beginUpload('broken/line')
  const broken = httpRequest(new URL(path, hub.url), {
    method: 'PATCH',
    headers: { ...octets, 'Content-Length': 100 },
  })
  broken.on('error', () => {})
  broken.write('first ')
  await waitForOffset(path, 6)
  broken.destroy()
  const rest = { body: 'half', headers: chunk(6, 9) }
  await retry(() => registry.send('PATCH', path, { ...rest, status: 202 }))
  await registry.send('PUT', withDigest(path, digestOf('first half')), { status: 201 })
})

async function waitForOffset(path: string, offset: number): Promise<void> {
  await retry(async () => {
    const response = await registry.send('GET', path, { status: 204 })
    assert.equal(response.headers.get('range'), `0-${offset - 1}`)
  })
}

/** The server learns a moment later that a client has sent or left. */
async function retry(action: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return void (await action())
    } catch (error) {
      if (attempt === 50) throw error
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
}
