import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestOf, mediaTypes } from '@berth/oci'
import { isCoded, silentLogger } from '@berth/stdx'
import { listenOnLoopback, temporaryDirectory } from '@berth/stdx/testsuite'
import { createRegistry } from './create-registry.ts'
import { createRegistryHttpServer } from './http/registry-http-server.ts'
import type { RegistryActivity } from './registry-activity.ts'

const config = Buffer.from('{"architecture":"amd64"}')
const manifest = Buffer.from(
  JSON.stringify({
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: { mediaType: mediaTypes.ociConfig, digest: digestOf(config), size: config.length },
    layers: [],
  }),
)

async function serve() {
  await using stack = new AsyncDisposableStack()
  const directory = await temporaryDirectory(stack)
  const activities: RegistryActivity[] = []
  const registry = stack.use(
    await createRegistry({
      directory,
      logger: silentLogger,
      onActivity: (activity) => activities.push(activity),
    }),
  )
  const image = { blobs: [config], manifests: [{ bytes: manifest, mediaType: mediaTypes.ociManifest }] }
  await registry.putImage('a/b', 'latest', image)
  const server = createRegistryHttpServer((request, response) => void registry.handle(request, response))
  const listening = stack.use(await listenOnLoopback(server))
  const url = `${listening.url}/v2/a/b/manifests/`
  const owned = stack.move()
  return { registry, activities, url, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

test('onActivity() tells of pushes, pulls and deletions, not of a look with HEAD', async () => {
  await using served = await serve()
  const digest = digestOf(manifest)
  const put = { method: 'PUT', body: manifest, headers: { 'Content-Type': mediaTypes.ociManifest } }
  await fetch(`${served.url}v1`, put)
  await fetch(`${served.url}v1`, { method: 'HEAD' })
  await fetch(`${served.url}v1`)
  await fetch(`${served.url}${digest}`)
  await fetch(`${served.url}unknown`)
  await fetch(`${served.url}v1`, { method: 'DELETE' })
  const whose = { repository: 'a/b', account: undefined, address: '127.0.0.1' }
  assert.deepEqual(served.activities, [
    { kind: 'push', ...whose, digest, mediaType: mediaTypes.ociManifest, tags: ['v1'] },
    { kind: 'pull', ...whose, digest, tag: 'v1' },
    { kind: 'pull', ...whose, digest, tag: undefined },
    { kind: 'delete', ...whose, target: { tag: 'v1' } },
  ])
})

test('contents shows what a repository holds, and deletes it whole', async () => {
  await using served = await serve()
  const { contents } = served.registry
  const [tag] = await contents.listTags('a/b', { last: '', limit: 10 })
  assert.deepEqual([tag?.name, tag?.digest, tag?.sizeBytes], ['latest', digestOf(manifest), manifest.length])
  const { bytes } = await contents.getManifest('a/b', { tag: 'latest' })
  assert.deepEqual(Buffer.from(bytes), manifest)
  assert.deepEqual(Buffer.from(await contents.readBlob('a/b', digestOf(config), 1000)), config)
  await assert.rejects(contents.readBlob('a/b', digestOf(config), 3), (error) =>
    isCoded(error, 'invalid-argument'),
  )
  assert.equal(await contents.deleteRepository('a/b'), true)
  assert.equal(await contents.deleteRepository('a/b'), false)
  assert.equal((await fetch(`${served.url}latest`)).status, 404)
})
