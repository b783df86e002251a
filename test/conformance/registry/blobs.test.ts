import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, describe as group, test } from 'node:test'
import { digestOf } from '@berth/oci'
import { startHub, type TestHub } from '../../fixtures/hub.ts'
import { location, RegistryRequests } from './registry-requests.ts'

let hub: TestHub
let registry: RegistryRequests
before(async () => {
  hub = await startHub()
  registry = new RegistryRequests(hub.url)
})
after(() => hub[Symbol.asyncDispose]())

const missing = digestOf('missing')

test('GET /v2/ answers 200', async () => {
  for (const path of ['/v2/', '/v2']) {
    const response = await registry.send('GET', path, { status: 200 })
    assert.equal(response.headers.get('docker-distribution-api-version'), 'registry/2.0')
  }
})

for (const algorithm of ['sha256', 'sha512'] as const) {
  group(`blobs by ${algorithm}`, () => {
    test('GET and HEAD give the bytes, the length and the digest', async () => {
      const bytes = randomBytes(600_000)
      const digest = await registry.pushBlob('team/app', bytes, algorithm)
      const path = `/v2/team/app/blobs/${digest}`
      const response = await registry.send('GET', path, { status: 200 })
      assert.deepEqual(Buffer.from(await response.arrayBuffer()), bytes)
      const head = await registry.send('HEAD', path, { status: 200 })
      for (const { headers } of [response, head]) {
        assert.equal(headers.get('content-length'), String(bytes.length))
        assert.equal(headers.get('docker-content-digest'), digest)
        assert.equal(headers.get('accept-ranges'), 'bytes')
      }
    })

    test('GET gives the range that is asked for', async () => {
      const bytes = randomBytes(1000)
      const digest = await registry.pushBlob('team/app', bytes, algorithm)
      const ranges = [
        ['bytes=0-99', 0, 99],
        ['bytes=100-', 100, 999],
        ['bytes=-100', 900, 999],
        ['bytes=0-99999', 0, 999],
        ['bytes=999-999', 999, 999],
        ['bytes=-5000', 0, 999],
      ] as const
      for (const [range, start, end] of ranges) {
        const response = await registry.send('GET', `/v2/team/app/blobs/${digest}`, {
          headers: { Range: range },
          status: 206,
        })
        assert.equal(response.headers.get('content-range'), `bytes ${start}-${end}/1000`)
        assert.deepEqual(Buffer.from(await response.arrayBuffer()), bytes.subarray(start, end + 1))
      }
    })

    test('GET gives several ranges in one answer', async () => {
      const bytes = randomBytes(1000)
      const digest = await registry.pushBlob('team/app', bytes, algorithm)
      const headers = { Range: 'bytes=0-9,500-599,-10' }
      const response = await registry.send('GET', `/v2/team/app/blobs/${digest}`, { headers, status: 206 })
      const boundary = /^multipart\/byteranges; boundary=(\w+)$/.exec(
        response.headers.get('content-type') ?? '',
      )?.[1]
      const text = Buffer.from(await response.arrayBuffer()).toString('latin1')
      assert.equal(response.headers.get('content-length'), String(text.length))
      const parts = text.split(`\r\n--${boundary}`)
      assert.equal(parts.at(-1), '--\r\n')
      const ranges = parts.slice(1, -1).map((part) => part.split('\r\n\r\n'))
      const expected = [
        [0, 9],
        [500, 599],
        [990, 999],
      ] as const
      assert.equal(ranges.length, expected.length)
      for (const [index, [start, end]] of expected.entries()) {
        const [head, ...body] = ranges[index] ?? []
        assert.ok(head?.includes(`Content-Range: bytes ${start}-${end}/1000`))
        assert.equal(body.join('\r\n\r\n'), bytes.subarray(start, end + 1).toString('latin1'))
      }
    })

    test('GET refuses a range that the blob does not have and ignores one that is malformed', async () => {
      const digest = await registry.pushBlob('team/app', randomBytes(1000), algorithm)
      const path = `/v2/team/app/blobs/${digest}`
      for (const range of ['bytes=1000-', 'bytes=1000-2000', 'bytes=-0', 'bytes=500-0']) {
        const response = await registry.send('GET', path, { headers: { Range: range }, status: 416 })
        assert.equal(response.headers.get('content-range'), 'bytes */1000')
      }
      for (const range of ['bytes=-', 'lines=0-1', 'bytes=x-y']) {
        await registry.send('GET', path, { headers: { Range: range }, status: 200 })
      }
      await registry.send('GET', path, {
        headers: { Range: 'bytes=0-1', 'If-Range': '"another"' },
        status: 200,
      })
    })

    test('an empty blob is a blob', async () => {
      const digest = await registry.pushBlob('team/empty', Buffer.alloc(0), algorithm)
      const response = await registry.send('GET', `/v2/team/empty/blobs/${digest}`, { status: 200 })
      assert.equal((await response.arrayBuffer()).byteLength, 0)
      await registry.send('HEAD', `/v2/team/empty/blobs/${digest}`, { status: 200 })
    })

    test('DELETE takes a blob from one repository only', async () => {
      const bytes = randomBytes(100)
      const digest = await registry.pushBlob('delete/one', bytes, algorithm)
      await registry.pushBlob('delete/two', bytes, algorithm)
      await registry.send('DELETE', `/v2/delete/one/blobs/${digest}`, { status: 202 })
      await registry.send('GET', `/v2/delete/one/blobs/${digest}`, { status: 404 })
      await registry.send('HEAD', `/v2/delete/one/blobs/${digest}`, { status: 404 })
      await registry.send('DELETE', `/v2/delete/one/blobs/${digest}`, { status: 404 })
      await registry.send('GET', `/v2/delete/two/blobs/${digest}`, { status: 200 })
      await registry.send('GET', `/v2/delete/one/blobs/${digest}`, { status: 404 })
    })

    test('a mount makes the blob of another repository readable', async () => {
      const digest = await registry.pushBlob('mount/source', randomBytes(100), algorithm)
      for (const [target, query] of [
        ['mount/named', `?mount=${digest}&from=mount/source`],
        ['mount/anonymous', `?mount=${digest}`],
      ] as const) {
        const response = await registry.send('POST', `/v2/${target}/blobs/uploads/${query}`, { status: 201 })
        assert.equal(location(response), `/v2/${target}/blobs/${digest}`)
        assert.equal(response.headers.get('docker-content-digest'), digest)
        await registry.send('GET', location(response), { status: 200 })
      }
    })
  })
}

test('a blob is not readable through a repository that lacks it', async () => {
  const digest = await registry.pushBlob('owner/has', randomBytes(100))
  const error = await registry.sendForError('GET', `/v2/other/lacks/blobs/${digest}`, { status: 404 })
  assert.deepEqual(error, { code: 'BLOB_UNKNOWN', message: 'blob unknown to registry', detail: { digest } })
  await registry.send('HEAD', `/v2/other/lacks/blobs/${digest}`, { status: 404 })
})

test('a mount of what the source lacks begins an upload', async () => {
  for (const query of [
    `?mount=${missing}&from=mount/source`,
    `?mount=${missing}`,
    `?mount=${missing}&from=no/such`,
  ]) {
    const response = await registry.send('POST', `/v2/mount/fails/blobs/uploads/${query}`, { status: 202 })
    assert.match(location(response), /^\/v2\/mount\/fails\/blobs\/uploads\//)
  }
})

test('a mount takes nothing from a repository that the client may not read', async () => {
  const mayRead = new Set(['open/source', 'mine'])
  await using guarded = await startHub({
    access: {
      grant: async () => ({
        allows: (access) =>
          !('repository' in access) || access.action !== 'pull' || mayRead.has(access.repository),
        challenge: () => undefined,
      }),
    },
  })
  const requests = new RegistryRequests(guarded.url)
  const secret = await requests.pushBlob('secret/source', randomBytes(100))
  for (const query of [`?mount=${secret}`, `?mount=${secret}&from=secret/source`]) {
    await requests.send('POST', `/v2/mine/blobs/uploads/${query}`, { status: 202 })
    await requests.send('HEAD', `/v2/mine/blobs/${secret}`, { status: 404 })
  }
  await requests.send('HEAD', `/v2/secret/source/blobs/${secret}`, { status: 403 })
})

test('a malformed digest is refused on every path', async () => {
  for (const digest of [
    'sha256:abc',
    'sha256:' + 'G'.repeat(64),
    'md5:d41d8cd98f00b204e9800998ecf8427e',
    'sha512:' + 'a'.repeat(64),
  ]) {
    for (const [method, path] of [
      ['GET', `/v2/bad/digest/blobs/${digest}`],
      ['DELETE', `/v2/bad/digest/blobs/${digest}`],
      ['GET', `/v2/bad/digest/referrers/${digest}`],
      ['GET', `/v2/bad/digest/manifests/${digest}`],
      ['POST', `/v2/bad/digest/blobs/uploads/?digest=${digest}`],
      ['POST', `/v2/bad/digest/blobs/uploads/?mount=${digest}`],
    ] as const) {
      const error = await registry.sendForError(method, path, { status: 400 })
      assert.equal(error.code, 'DIGEST_INVALID')
    }
  }
})

test('a name that breaks the grammar is NAME_INVALID', async () => {
  for (const name of ['Upper', 'a..b', '-a', 'a/', 'a'.repeat(256), 'a%2e%2e', '_catalog']) {
    const error = await registry.sendForError('GET', `/v2/${name}/tags/list`, { status: 400 })
    assert.equal(error.code, 'NAME_INVALID')
  }
})

test('a repository may be named like a part of the interface', async () => {
  for (const name of ['blobs', 'a/blobs', 'manifests/tags', 'a/blobs/uploads', 'referrers/manifests/blobs']) {
    const bytes = randomBytes(20)
    const digest = await registry.pushBlob(name, bytes)
    await registry.send('GET', `/v2/${name}/blobs/${digest}`, { status: 200 })
    await registry.pushImage(name, 'blobs')
    await registry.send('GET', `/v2/${name}/manifests/blobs`, { status: 200 })
  }
})

test('a method that a path does not have is UNSUPPORTED, and a path that is not there unknown', async () => {
  const response = await registry.send('PATCH', '/v2/team/app/manifests/latest', { status: 405 })
  assert.equal(response.headers.get('allow'), 'GET, HEAD, PUT, DELETE')
  for (const path of ['/', '/v1/', '/v2/team/app', '/v2/team/app/nothing/x'])
    await registry.send('GET', path, { status: 404 })
})
