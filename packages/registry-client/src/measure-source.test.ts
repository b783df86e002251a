import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestOf, mediaTypes, type Reference } from '@berth/oci'
import { openRegistryClient } from './registry-client.ts'
import { openFakeServer, sendError } from './testsuite/fake-registry.ts'

const layer = Buffer.alloc(300_000, 'x')
const manifest = JSON.stringify({
  schemaVersion: 2,
  mediaType: mediaTypes.ociManifest,
  config: { mediaType: mediaTypes.ociConfig, digest: digestOf('{}'), size: 2 },
  layers: [{ mediaType: mediaTypes.ociLayer, digest: digestOf(layer), size: layer.length }],
})
const alpine: Reference = { registry: 'docker.io', repository: 'library/alpine', tag: 'latest' }
const options = { platform: { os: 'linux', architecture: 'amd64' }, bytesMax: 100_000, durationMaxMs: 1_000 }

test('measure() tells of each mirror and of the registry how fast they answer, or what is wrong', async () => {
  await using good = await openFakeServer(({ path }, response) => {
    if (path.includes('/manifests/'))
      response.writeHead(200, { 'Content-Type': mediaTypes.ociManifest }).end(manifest)
    else response.end(path.includes('/blobs/') ? layer : '{}')
  })
  await using empty = await openFakeServer(({ path }, response) =>
    path === '/hub/v2/'
      ? response.end('{}')
      : sendError(response, { status: 404 }, { code: 'MANIFEST_UNKNOWN' }),
  )
  await using down = await openFakeServer((_request, response) => response.writeHead(502).end())
  await using client = openRegistryClient({ timeouts: { connectMs: 50, responseMs: 500 } })
  const mirrors = [good.url, `${empty.url}/hub`, down.url]
  const [first, second, third, upstream] = await Array.fromAsync(
    client.measure(alpine, { ...options, mirrors }),
  )
  assert.equal(first?.url, good.url)
  assert.ok(first.pingMs !== undefined && first.manifestMs !== undefined && (first.bytesPerSecond ?? 0) > 0)
  assert.equal(first.problem, undefined)
  assert.equal(second?.url, `${empty.url}/hub`)
  assert.ok(second.pingMs !== undefined)
  assert.deepEqual([second.manifestMs, second.problem], [undefined, '404 manifest unknown'])
  assert.deepEqual([third?.pingMs, third?.problem], [undefined, '502 Bad Gateway'])
  assert.equal(upstream?.url, 'https://registry-1.docker.io')
  assert.equal(upstream.isMirror, false)
  assert.ok(upstream.problem)
})

test('downMirrors() names the mirrors that failed lately', async () => {
  await using down = await openFakeServer((_request, response) => response.writeHead(502).end())
  await using up = await openFakeServer((_request, response) =>
    response.writeHead(200, { 'Content-Type': mediaTypes.ociManifest }).end(manifest),
  )
  await using client = openRegistryClient({ mirrors: [down.url, up.url] })
  assert.deepEqual(client.downMirrors(), [])
  await client.fetchManifest(alpine)
  const [found, ...others] = client.downMirrors()
  assert.deepEqual(others, [])
  assert.equal(found?.url, down.url)
  assert.ok(found.leftMs > 50_000)
})
