import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { digestOf } from '@berth/oci'
import { RegistryRequests, withDigest } from '../../conformance/registry/registry-requests.ts'
import { serveRegistry } from './served-registry.ts'

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
  assert.equal(error.message, 'quota of the repository exceeded')
  const digest = await requests.pushBlob('large/app', second)
  await requests.send('HEAD', `/v2/small/app/blobs/${digest}`, { status: 404 })
  await requests.send('POST', `/v2/small/app/blobs/uploads/?mount=${digest}&from=large/app`, { status: 403 })
  await requests.send('DELETE', `/v2/small/app/blobs/${digestOf(first)}`, { status: 202 })
  await requests.send('POST', `/v2/small/app/blobs/uploads/?mount=${digest}&from=large/app`, { status: 201 })
})
