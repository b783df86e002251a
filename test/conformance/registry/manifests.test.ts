import assert from 'node:assert/strict'
import { after, before, describe as group, test } from 'node:test'
import { digestOf, manifestBytesMax, mediaTypes } from '@berth/oci'
import { startHub, type TestHub } from '../../fixtures/hub.ts'
import { describe, imageManifest, location, RegistryRequests } from './registry-requests.ts'

let hub: TestHub
let registry: RegistryRequests
before(async () => {
  hub = await startHub()
  registry = new RegistryRequests(hub.url)
})
after(() => hub[Symbol.asyncDispose]())

const config = Buffer.from('{}')
const layer = Buffer.from('a layer')
const indexOf = (manifests: object[], extra: object = {}) => ({
  schemaVersion: 2,
  mediaType: mediaTypes.ociIndex,
  manifests,
  ...extra,
})

async function pushContent(repository: string): Promise<void> {
  await registry.pushBlob(repository, config)
  await registry.pushBlob(repository, layer)
}

/** PUTs a manifest that must be refused, and makes sure that nothing of it is there. */
async function assertRefused(
  repository: string,
  body: Buffer | string,
  expected: { status: number; code: string; mediaType?: string },
): Promise<void> {
  const path = `/v2/${repository}/manifests/refused`
  const headers = { 'Content-Type': expected.mediaType ?? mediaTypes.ociManifest }
  const error = await registry.sendForError('PUT', path, { body, headers, status: expected.status })
  assert.equal(error.code, expected.code)
  await registry.send('GET', path, { status: 404 })
  await registry.send('GET', `/v2/${repository}/manifests/${digestOf(body)}`, { status: 404 })
}

test('a manifest comes back byte for byte, by tag and by digest', async () => {
  await pushContent('exact/bytes')
  const document = { ...imageManifest(config, layer), 'org.example.unknown': { kept: [1, 2.5, '\u00e9'] } }
  const bytes = Buffer.from(`\n ${JSON.stringify(document, null, 3)}\n\n`)
  const headers = { 'Content-Type': mediaTypes.ociManifest }
  const put = await registry.send('PUT', '/v2/exact/bytes/manifests/v1', {
    body: bytes,
    headers,
    status: 201,
  })
  const digest = digestOf(bytes)
  assert.equal(location(put), `/v2/exact/bytes/manifests/${digest}`)
  for (const reference of ['v1', digest]) {
    const got = await registry.send('GET', `/v2/exact/bytes/manifests/${reference}`, { status: 200 })
    assert.deepEqual(Buffer.from(await got.arrayBuffer()), bytes)
    const head = await registry.send('HEAD', `/v2/exact/bytes/manifests/${reference}`, { status: 200 })
    for (const response of [got, head]) {
      assert.equal(response.headers.get('content-type'), mediaTypes.ociManifest)
      assert.equal(response.headers.get('docker-content-digest'), digest)
      assert.equal(response.headers.get('content-length'), String(bytes.length))
    }
  }
  const etag = { 'If-None-Match': `"${digest}"` }
  await registry.send('GET', '/v2/exact/bytes/manifests/v1', { headers: etag, status: 304 })
})

for (const [mediaType, name] of [
  [mediaTypes.ociManifest, 'an OCI manifest'],
  [mediaTypes.dockerManifest, "Docker's manifest"],
] as const) {
  test(`${name} keeps its media type`, async () => {
    const pushed = await registry.pushImage('media/types', 'v1', { mediaType })
    const response = await registry.send('GET', `/v2/media/types/manifests/${pushed.digest}`, { status: 200 })
    assert.equal(response.headers.get('content-type'), mediaType)
  })
}

test('an index of manifests, an index of indexes and an empty index are stored', async () => {
  const child = await registry.pushImage('index/of', 'child')
  const index = indexOf([describe(mediaTypes.ociManifest, child.bytes)])
  const inner = await registry.pushManifest('index/of', 'inner', index)
  const outer = await registry.pushManifest(
    'index/of',
    'outer',
    indexOf([describe(mediaTypes.ociIndex, inner.bytes)]),
  )
  const empty = await registry.pushManifest('index/of', 'empty', indexOf([]))
  for (const { digest } of [inner, outer, empty]) {
    const response = await registry.send('GET', `/v2/index/of/manifests/${digest}`, { status: 200 })
    assert.equal(response.headers.get('content-type'), mediaTypes.ociIndex)
  }
})

test('an artifact with the empty config, and an image without layers, are stored', async () => {
  await registry.pushBlob('artifact/app', config)
  const emptyConfig = describe(mediaTypes.ociEmpty, config)
  const artifact = {
    ...imageManifest(config, config),
    config: emptyConfig,
    layers: [emptyConfig],
    artifactType: 'text/x',
  }
  await registry.pushManifest('artifact/app', 'artifact', artifact)
  await registry.pushManifest('artifact/app', 'no-layers', { ...artifact, layers: [] })
})

test('a manifest of almost 4 MiB is stored, a larger one refused', async () => {
  await pushContent('large/manifest')
  const annotations = Object.fromEntries(
    Array.from({ length: 390 }, (_, index) => [`key-${index}`, 'A'.repeat(10_000)]),
  )
  const pushed = await registry.pushManifest(
    'large/manifest',
    'large',
    imageManifest(config, layer, { annotations }),
  )
  const response = await registry.send('GET', '/v2/large/manifest/manifests/large', { status: 200 })
  assert.deepEqual(Buffer.from(await response.arrayBuffer()), pushed.bytes)
  const tooLarge = Buffer.alloc(manifestBytesMax + 1, ' ')
  await assertRefused('large/manifest', tooLarge, { status: 413, code: 'SIZE_INVALID' })
  const streamed = {
    body: new Blob([tooLarge]).stream(),
    headers: { 'Content-Type': mediaTypes.ociManifest },
    status: 413,
  }
  await registry.send('PUT', '/v2/large/manifest/manifests/large', streamed)
})

test('a manifest whose blobs are not in the repository is refused', async () => {
  await pushContent('blobs/elsewhere')
  await registry.pushBlob('blobs/lacking', config)
  const bytes = Buffer.from(JSON.stringify(imageManifest(config, layer)))
  await assertRefused('blobs/lacking', bytes, { status: 404, code: 'MANIFEST_BLOB_UNKNOWN' })
  const index = Buffer.from(JSON.stringify(indexOf([describe(mediaTypes.ociManifest, bytes)])))
  await assertRefused('blobs/lacking', index, {
    status: 404,
    code: 'MANIFEST_BLOB_UNKNOWN',
    mediaType: mediaTypes.ociIndex,
  })
})

test('layers that may not be distributed need not be there', async () => {
  await pushContent('foreign/layers')
  const types = [
    mediaTypes.ociLayerNondistributable,
    mediaTypes.ociLayerNondistributableGzip,
    mediaTypes.ociLayerNondistributableZstd,
    mediaTypes.dockerForeignLayerGzip,
  ]
  const foreign = types.map((type) => ({
    ...describe(type, Buffer.from(type)),
    urls: ['https://example.com/layer'],
  }))
  const document = imageManifest(config, layer)
  await registry.pushManifest('foreign/layers', 'v1', {
    ...document,
    layers: [...foreign, ...document.layers],
  })
})

test('a document that could be read in two ways is refused', async () => {
  await pushContent('two/ways')
  const image = imageManifest(config, layer)
  const refused = [
    { ...image, manifests: [] },
    { ...indexOf([]), layers: [] },
    { ...indexOf([]), config: image.config },
    { ...image, mediaType: mediaTypes.ociIndex },
    { ...image, mediaType: mediaTypes.dockerManifest },
  ]
  for (const document of refused) {
    await assertRefused('two/ways', JSON.stringify(document), { status: 400, code: 'MANIFEST_INVALID' })
  }
})

test('what is no manifest is refused', async () => {
  await pushContent('no/manifest')
  const image = imageManifest(config, layer)
  const refused = [
    '',
    'not json',
    'null',
    '[]',
    JSON.stringify({ ...image, schemaVersion: 1 }),
    JSON.stringify({ ...image, config: undefined }),
    JSON.stringify({ ...image, layers: {} }),
    JSON.stringify({ ...image, layers: [{ ...image.layers[0], digest: 'sha256:x' }] }),
    JSON.stringify({ ...image, layers: [{ ...image.layers[0], size: -1 }] }),
    JSON.stringify({ ...image, subject: { digest: '../../etc/passwd' } }),
    JSON.stringify({ ...image, annotations: { key: 1 } }),
    JSON.stringify({ ...image, artifactType: {} }),
  ]
  for (const body of refused)
    await assertRefused('no/manifest', body, { status: 400, code: 'MANIFEST_INVALID' })
  const unknown = JSON.stringify({ ...image, mediaType: 'application/json' })
  await assertRefused('no/manifest', unknown, {
    status: 400,
    code: 'MANIFEST_INVALID',
    mediaType: 'application/json',
  })
})

for (const algorithm of ['sha256', 'sha512'] as const) {
  group(`manifests by ${algorithm}`, () => {
    test('a push by digest keeps the digest and sets every tag of the query', async () => {
      const repository = `by-digest/${algorithm}`
      await pushContent(repository)
      const document = imageManifest(config, layer, { annotations: { algorithm } })
      const digest = digestOf(JSON.stringify(document), algorithm)
      const tags = Array.from({ length: 12 }, (_, index) => `tag-${index}`)
      const query = tags.map((tag) => `tag=${tag}`).join('&')
      const { response } = await registry.pushManifest(repository, `${digest}?${query}`, document)
      assert.equal(response.headers.get('docker-content-digest'), digest)
      assert.equal(response.headers.get('oci-tag'), tags.join(', '))
      for (const tag of tags) {
        const head = await registry.send('HEAD', `/v2/${repository}/manifests/${tag}`, { status: 200 })
        assert.equal(head.headers.get('docker-content-digest'), digest)
      }
    })

    test('a push by a digest that is not the content\u2019s is refused', async () => {
      await pushContent('wrong/digest')
      const wrong = digestOf('another', algorithm)
      const body = JSON.stringify(imageManifest(config, layer))
      const headers = { 'Content-Type': mediaTypes.ociManifest }
      const path = `/v2/wrong/digest/manifests/${wrong}`
      const error = await registry.sendForError('PUT', path, { body, headers, status: 400 })
      assert.equal(error.code, 'DIGEST_INVALID')
      await registry.send('GET', path, { status: 404 })
    })
  })
}

test('DELETE by tag takes the tag alone, DELETE by digest the manifest and all its tags', async () => {
  const first = await registry.pushImage('delete/manifests', 'one')
  await registry.pushManifest('delete/manifests', 'two', JSON.parse(first.bytes.toString()) as object)
  const path = '/v2/delete/manifests/manifests'
  await registry.send('DELETE', `${path}/one`, { status: 202 })
  await registry.send('GET', `${path}/one`, { status: 404 })
  await registry.send('GET', `${path}/two`, { status: 200 })
  await registry.send('DELETE', `${path}/${first.digest}`, { status: 202 })
  for (const reference of ['two', first.digest])
    await registry.send('GET', `${path}/${reference}`, { status: 404 })
  await registry.send('DELETE', `${path}/${first.digest}`, { status: 404 })
  await registry.send('DELETE', `${path}/one`, { status: 404 })
  const tags = await registry.send('GET', '/v2/delete/manifests/tags/list', { status: 200 })
  assert.deepEqual(await tags.json(), { name: 'delete/manifests', tags: [] })
})

test('a reference that is not there, and a repository that is not there, are told apart', async () => {
  await registry.pushImage('exists/here', 'v1')
  const unknown = await registry.sendForError('GET', '/v2/exists/here/manifests/v2', { status: 404 })
  assert.equal(unknown.code, 'MANIFEST_UNKNOWN')
  const nowhere = await registry.sendForError('GET', '/v2/exists/not/manifests/v1', { status: 404 })
  assert.equal(nowhere.code, 'NAME_UNKNOWN')
  for (const tag of ['-x', 'a'.repeat(129), 'a%20b']) {
    await registry.send('GET', `/v2/exists/here/manifests/${tag}`, { status: 400 })
  }
})

test('of two pushes of one tag at once the tag names one, and both are there by digest', async () => {
  await pushContent('one/tag')
  for (let round = 0; round < 100; round++) {
    const pushed = await Promise.all(
      [1, 2].map((side) =>
        registry.pushManifest(
          'one/tag',
          'v1',
          imageManifest(config, layer, { annotations: { side: `${round}.${side}` } }),
        ),
      ),
    )
    const now = await registry.send('GET', '/v2/one/tag/manifests/v1', { status: 200 })
    const digests = pushed.map(({ digest }) => digest)
    assert.ok(digests.includes(digestOf(Buffer.from(await now.arrayBuffer()))))
    for (const digest of digests)
      await registry.send('GET', `/v2/one/tag/manifests/${digest}`, { status: 200 })
  }
})
