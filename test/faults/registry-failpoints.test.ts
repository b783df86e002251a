import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { spawn } from 'node:child_process'
import { test } from 'node:test'
import { digestOf, mediaTypes, parseManifest, type Digest } from '@berth/oci'
import { storageSteps } from '@berth/registry-server'
import { temporaryDirectory } from '@berth/stdx/testsuite'
import { RegistryRequests, withDigest } from '../conformance/registry/registry-requests.ts'
import { kill, launcher, startProgram, startProgramWith } from '../integration/hub/hub-program.ts'
import { ImageHistory } from '../integration/hub/image-history.ts'

const repository = 'killed/steps'
/** Steps of a push; the others are those of reading and of the sweep. */
const pushSteps = [
  'upload-created',
  'upload-locked',
  'upload-written',
  'upload-committed',
  'blob-written',
] as const

interface Push {
  layer: Buffer
  /** Where the layer's upload is, once it was begun. */
  upload: string | undefined
  /** Whether the registry has said that the image is there. */
  isAcknowledged: boolean
}

/** An image as clients push it: the layer in chunks, the last with PUT, then the manifest by tag. */
async function push(requests: RegistryRequests, tag: string, push: Push): Promise<void> {
  const { layer } = push
  push.upload = await requests.beginUpload(repository)
  for (let start = 0; start < 200_000; start += 100_000) {
    const body = layer.subarray(start, start + 100_000)
    await requests.send('PATCH', push.upload, {
      body,
      headers: { 'Content-Range': `${start}-${start + 99_999}` },
      status: 202,
    })
  }
  const path = withDigest(push.upload, digestOf(layer))
  await requests.send('PUT', path, { body: layer.subarray(200_000), status: 201 })
  await pushManifest(requests, tag, layer)
  push.isAcknowledged = true
}

async function pushManifest(requests: RegistryRequests, tag: string, layer: Buffer): Promise<void> {
  const config = await requests.pushBlob(repository, Buffer.from('{}'))
  await requests.pushManifest(repository, tag, {
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: { mediaType: mediaTypes.ociConfig, digest: config, size: 2 },
    layers: [{ mediaType: mediaTypes.ociLayer, digest: digestOf(layer), size: layer.length }],
  })
}

/** Goes on with an upload where the registry says that it is, as after a lost connection. */
async function resume(requests: RegistryRequests, { layer, upload }: Push): Promise<void> {
  const digest = digestOf(layer)
  if (upload === undefined) return void (await requests.pushBlob(repository, layer))
  const status = await fetchStatus(requests, upload)
  // It became a blob, but not one of this repository: it is begun anew.
  if (status === undefined) return void (await requests.pushBlob(repository, layer))
  assert.ok(status <= layer.length)
  await requests.send('PUT', withDigest(upload, digest), { body: layer.subarray(status), status: 201 })
}

/** Bytes that an upload has; undefined when there is none. */
async function fetchStatus(requests: RegistryRequests, upload: string): Promise<number | undefined> {
  try {
    const { headers } = await requests.send('GET', upload, { status: 204 })
    const last = Number(/^0-(\d+)$/.exec(headers.get('range') ?? '')?.[1])
    return last === 0 ? 0 : last + 1
  } catch (error) {
    assert.match(String(error), /: 404 /)
    return undefined
  }
}

async function assertWhole(requests: RegistryRequests, tag: string): Promise<void> {
  const response = await requests.send('GET', `/v2/${repository}/manifests/${tag}`, { status: 200 })
  const manifest = parseManifest(Buffer.from(await response.arrayBuffer()), undefined)
  assert.ok(manifest.kind === 'manifest')
  for (const { digest } of [manifest.config, ...manifest.layers]) await assertBlob(requests, digest)
}

async function assertBlob(requests: RegistryRequests, digest: Digest): Promise<void> {
  const blob = await requests.send('GET', `/v2/${repository}/blobs/${digest}`, { status: 200 })
  assert.equal(digestOf(Buffer.from(await blob.arrayBuffer())), digest)
}

test('a registry killed at any step of a push goes on where it was, and no tag leads nowhere', async (t) => {
  await using stack = new AsyncDisposableStack()
  const data = await temporaryDirectory(stack)
  const tags: string[] = []
  let kills = 0
  for (const step of pushSteps) {
    for (let pass = 1; ; pass++) {
      const tag = `${step}-${pass}`
      const pushed: Push = { layer: randomBytes(250_000), upload: undefined, isAcknowledged: false }
      const environment = { BERTH_FAILPOINTS: `storage.${step}=${pass - 1}*off->1*kill` }
      const { child, url } = await startProgramWith(stack, {
        data,
        more: ['--access', 'open', '--workers', '1'],
        environment,
      })
      await push(new RegistryRequests(url), tag, pushed).catch((error: unknown) =>
        assert.ok(error instanceof TypeError, String(error)),
      )
      await kill(child)
      const again = await startProgram(stack, data, ['--workers', '1'])
      const requests = new RegistryRequests(again.url)
      if (pushed.isAcknowledged) await assertWhole(requests, tag)
      else {
        kills++
        await resume(requests, pushed)
        await pushManifest(requests, tag, pushed.layer)
      }
      tags.push(tag)
      for (const known of tags) await assertWhole(requests, known)
      await kill(again.child)
      if (pushed.isAcknowledged) break
    }
  }
  t.diagnostic(`${kills} kills at ${pushSteps.length} steps`)
  assert.ok(kills >= 9)
})

test('a sweep killed after any deletion leaves every image whole, and the next one ends it', async () => {
  await using stack = new AsyncDisposableStack()
  const data = await temporaryDirectory(stack)
  const { url } = await startProgram(stack, data, ['--workers', '1'])
  const history = new ImageHistory(url, 'killed/sweep')
  for (let index = 0; index < 30; index++) await history.push()
  for (let index = 0; index < 25; index++) await history.deleteOldest()
  assert.ok(storageSteps.includes('storage.blob-deleted'))
  for (const deletions of [1, 2, 3, 7]) {
    const child = spawn(launcher, ['gc', '--data', data, '--grace', '0s'], {
      stdio: 'ignore',
      env: { ...process.env, BERTH_FAILPOINTS: `storage.blob-deleted=${deletions - 1}*off->1*kill` },
    })
    assert.deepEqual(await once(child, 'exit'), [null, 'SIGKILL'])
    assert.equal(await history.assertPresent(), 5)
    await history.push()
    await history.deleteOldest()
  }
  const child = spawn(launcher, ['gc', '--data', data, '--grace', '0s'], { stdio: 'ignore' })
  assert.deepEqual(await once(child, 'exit'), [0, null])
  assert.equal(await history.assertPresent(), 5)
})
