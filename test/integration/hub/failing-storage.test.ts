import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { digestOf, mediaTypes } from '@berth/oci'
import { armFailpoints, type Failpoint } from '@berth/stdx'
import { storageSteps } from '@berth/registry-server'
import { temporaryDirectory } from '@berth/stdx/testsuite'
import { linuxKernel } from '@berth/syscalls'
import { RegistryRequests, withDigest } from '../../conformance/registry/registry-requests.ts'
import { mountDisk } from '../../fixtures/disk.ts'
import { serveRegistry } from './served-registry.ts'

/** A registry whose storage fails as it is told to, with an image and a blob that is sent as a file. */
async function startFailing(stack: AsyncDisposableStack) {
  let failing: Failpoint = () => undefined
  const failpoint: Failpoint = (step) => failing(step)
  const served = stack.use(await serveRegistry({ failpoint, openFileSender: linuxKernel.openFileSender }))
  const requests = new RegistryRequests(served.url)
  const { digest, bytes } = await requests.pushImage('failing/app', 'latest')
  const large = await requests.pushBlob('failing/app', randomBytes(2_000_000))
  const arm = (text: string) => (failing = armFailpoints(text, { steps: storageSteps }))
  return { requests, manifest: { digest, bytes }, large, arm, heal: () => (failing = () => undefined) }
}

const everything = storageSteps.map((step) => `${step}=error`).join(';')

test('a storage that fails is told as 503 with a time to come back, never as "not there", and nothing is lost', async () => {
  await using stack = new AsyncDisposableStack()
  const { requests, manifest, large, arm, heal } = await startFailing(stack)
  const small = await requests.pushBlob('failing/app', Buffer.from('small'))
  const upload = await requests.beginUpload('failing/app')
  const fresh = Buffer.from('fresh')
  const body = { body: fresh, headers: { 'Content-Type': 'application/octet-stream' } }
  const put = { body: manifest.bytes, headers: { 'Content-Type': mediaTypes.ociManifest } }
  const attempts = [
    ['GET', `/v2/failing/app/blobs/${small}`, {}],
    ['GET', `/v2/failing/app/blobs/${large}`, {}],
    ['GET', `/v2/failing/app/blobs/${large}`, { headers: { Range: 'bytes=5-1500000' } }],
    ['POST', '/v2/failing/app/blobs/uploads/', {}],
    ['POST', `/v2/failing/app/blobs/uploads/?digest=${digestOf(fresh)}`, body],
    ['GET', upload, {}],
    ['PATCH', upload, body],
    ['PUT', withDigest(upload, digestOf(fresh)), body],
    ['PUT', '/v2/failing/app/manifests/other', put],
    ['GET', '/v2/failing/app/manifests/latest', {}],
  ] as const
  arm(everything)
  for (const [method, path, options] of attempts) {
    const response = await requests.send(method, path, { ...options, status: 503 })
    assert.ok(Number(response.headers.get('retry-after')) > 0, `${method} ${path}`)
    assert.equal(((await response.json()) as { errors: unknown[] }).errors.length, 1)
  }
  heal()
  for (const [method, path, options] of attempts.slice(0, 3))
    await requests.send(method, path, {
      ...options,
      status: method === 'GET' && 'headers' in options ? 206 : 200,
    })
  await requests.send('PUT', '/v2/failing/app/manifests/other', { ...put, status: 201 })
  const pulled = await requests.send('GET', `/v2/failing/app/manifests/latest`, { status: 200 })
  assert.deepEqual(Buffer.from(await pulled.arrayBuffer()), manifest.bytes)
})

test('what failed once is done by the next try: each step of a push that fails leaves nothing in its way', async () => {
  await using stack = new AsyncDisposableStack()
  const { requests, arm, heal } = await startFailing(stack)
  for (const step of storageSteps) {
    const bytes = randomBytes(100_000)
    const push = async () => {
      const descriptor = await requests.pushBlob('failing/again', bytes)
      const document = {
        schemaVersion: 2,
        mediaType: mediaTypes.ociManifest,
        config: { mediaType: mediaTypes.ociConfig, digest: descriptor, size: bytes.length },
        layers: [],
      }
      await requests.pushManifest('failing/again', 'latest', document)
    }
    arm(`${step}=1*error(EIO)`)
    await push().catch((error: Error) => assert.match(error.message, /: 503 /))
    heal()
    await push()
    const blob = await requests.send('GET', `/v2/failing/again/blobs/${digestOf(bytes)}`, { status: 200 })
    assert.ok(Buffer.from(await blob.arrayBuffer()).equals(bytes), step)
  }
})

test('a disk that is gone is told as 503, and all is there when it comes back', async () => {
  await using stack = new AsyncDisposableStack()
  const directory = await temporaryDirectory(stack)
  const { url } = stack.use(await serveRegistry({ directory }))
  const requests = new RegistryRequests(url)
  const digest = await requests.pushBlob('gone/app', Buffer.from('there'))
  const upload = await requests.beginUpload('gone/app')
  const parts = ['blobs', 'uploads', 'locks']
  for (const part of parts) await rename(join(directory, part), join(directory, `${part}-away`))
  const body = { body: Buffer.from('more'), status: 503 }
  await requests.send('GET', `/v2/gone/app/blobs/${digest}`, { status: 503 })
  await requests.send('GET', upload, { status: 503 })
  await requests.send('PATCH', upload, body)
  await requests.send('PUT', withDigest(upload, digestOf('more')), body)
  await requests.send('POST', '/v2/gone/app/blobs/uploads/', { status: 503 })
  for (const part of parts) await rename(join(directory, `${part}-away`), join(directory, part))
  await requests.send('GET', `/v2/gone/app/blobs/${digest}`, { status: 200 })
  await requests.send('PUT', withDigest(upload, digestOf('more')), { ...body, status: 201 })
})

test('a storage that is slow is waited for', async () => {
  await using stack = new AsyncDisposableStack()
  const { requests, arm } = await startFailing(stack)
  arm(storageSteps.map((step) => `${step}=delay(150)`).join(';'))
  const digest = await requests.pushBlob('failing/slow', Buffer.from('slow'))
  const blob = await requests.send('GET', `/v2/failing/slow/blobs/${digest}`, { status: 200 })
  assert.equal(await blob.text(), 'slow')
})

test('an upload that fills the disk is ended: the next one finds room', async () => {
  await using stack = new AsyncDisposableStack()
  const disk = stack.use(await mountDisk({ sizeMebibytes: 24 }))
  const directory = join(disk.directory, 'registry')
  const { url } = stack.use(await serveRegistry({ directory }))
  const requests = new RegistryRequests(url)
  const before = (await disk.free()).bytes
  const path = await requests.beginUpload('full/app')
  const body = Buffer.alloc(before + 1_000_000, 1)
  const response = await requests.send('PATCH', path, { body, status: 503 })
  assert.ok(Number(response.headers.get('retry-after')) > 0)
  const { errors } = (await response.json()) as { errors: { code: string; message: string }[] }
  assert.deepEqual(errors, [{ code: 'UNAVAILABLE', message: 'no space left in the registry' }])
  await requests.send('GET', path, { status: 404 })
  assert.deepEqual(await readdir(join(directory, 'uploads')), [])
  await requests.pushBlob('full/app', randomBytes(Math.floor(before / 2)))
})
