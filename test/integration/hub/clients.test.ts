import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { symlink } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { digestOf } from '@berth/oci'
import { eventually, temporaryDirectory } from '@berth/stdx/testsuite'
import { busyboxImage } from '../../fixtures/images.ts'
import { startHub } from '../../fixtures/hub.ts'
import { kill, launcher, startProgram } from './hub-program.ts'
import { RegistryRequests, withDigest } from '../../conformance/registry/registry-requests.ts'

const run = promisify(execFile)
async function hasSkopeo(): Promise<boolean> {
  return run('skopeo', ['--version']).then(
    () => true,
    () => false,
  )
}

test(
  'skopeo copies an image in and out unchanged',
  { skip: !(await hasSkopeo()) && 'needs skopeo' },
  async () => {
    await using stack = new AsyncDisposableStack()
    const directory = await temporaryDirectory(stack)
    const hub = stack.use(await startHub())
    const image = await busyboxImage()
    const digest = await hub.push(image, 'library/busybox:latest')
    const noTls = ['--src-tls-verify=false', '--dest-tls-verify=false']
    await run('skopeo', [
      'copy',
      ...noTls,
      `docker://${hub.address}/library/busybox:latest`,
      `dir:${directory}/out`,
    ])
    await run('skopeo', ['copy', ...noTls, `dir:${directory}/out`, `docker://${hub.address}/copied/in:v1`])
    const { stdout } = await run('skopeo', [
      'inspect',
      '--tls-verify=false',
      `docker://${hub.address}/copied/in:v1`,
    ])
    const inspected = JSON.parse(stdout) as { Digest: string; Layers: string[] }
    assert.equal(inspected.Digest, digest)
    assert.deepEqual(
      inspected.Layers,
      image.layers.map((layer) => layer.descriptor.digest),
    )
  },
)

test('berth-hub killed in the middle of an upload goes on with it when it is back', async () => {
  await using stack = new AsyncDisposableStack()
  const data = await temporaryDirectory(stack)
  const bytes = randomBytes(3_000_000)
  const half = 1_500_000
  const before = await startProgram(stack, data)
  const path = await new RegistryRequests(before.url).beginUpload('killed/upload')
  const broken = httpRequest(new URL(path, before.url), {
    method: 'PATCH',
    headers: { 'Content-Length': bytes.length },
  })
  broken.on('error', () => {})
  broken.write(bytes.subarray(0, half))
  await untilReceived(before.url, path, half)
  await kill(before.child)

  const after = await startProgram(stack, data)
  const requests = new RegistryRequests(after.url)
  await untilReceived(after.url, path, half)
  const headers = { 'Content-Range': `${half}-${bytes.length - 1}` }
  await requests.send('PATCH', path, { body: bytes.subarray(half), headers, status: 202 })
  const digest = digestOf(bytes)
  await requests.send('PUT', withDigest(path, digest), { status: 201 })
  const response = await requests.send('GET', `/v2/killed/upload/blobs/${digest}`, { status: 200 })
  assert.equal(digestOf(Buffer.from(await response.arrayBuffer())), digest)
})

test('berth-hub seeds hello-world twice, serves it, and ends on SIGTERM after what it is answering', async () => {
  await using stack = new AsyncDisposableStack()
  const data = await temporaryDirectory(stack)
  const seeds = [await run(launcher, ['seed', '--data', data]), await run(launcher, ['seed', '--data', data])]
  assert.equal(seeds[0]?.stdout, seeds[1]?.stdout)
  const { child, url } = await startProgram(stack, data)
  const requests = new RegistryRequests(url)
  await requests.send('GET', '/healthz', { status: 200 })
  const manifest = await requests.send('GET', '/v2/library/hello-world/manifests/latest', { status: 200 })
  assert.ok(seeds[0]?.stdout.includes(String(manifest.headers.get('docker-content-digest'))))

  const path = await requests.beginUpload('drained/upload')
  const slow = httpRequest(new URL(path, url), { method: 'PATCH', headers: { 'Content-Length': 4 } })
  const answered = once(slow, 'response')
  slow.write('ab')
  await untilReceived(url, path, 2)
  child.kill('SIGTERM')
  slow.end('cd')
  const [response] = (await answered) as [{ statusCode: number; resume: () => void }]
  response.resume()
  assert.equal(response.statusCode, 202)
  assert.deepEqual(await once(child, 'exit'), [0, null])
})

test('berth-hub starts through a chain of links from anywhere', async () => {
  await using stack = new AsyncDisposableStack()
  const directory = await temporaryDirectory(stack)
  await symlink(launcher, join(directory, 'absolute'))
  await symlink('absolute', join(directory, 'relative'))
  const { stdout } = await run('./relative', ['--version'], { cwd: directory })
  assert.match(stdout, /^berth-hub version \d+\.\d+\.\d+\n$/)
  const failed = run('./relative', ['sevre'], { cwd: directory })
  await assert.rejects(failed, { code: 1, stderr: /unknown command "sevre"\nSee 'berth-hub --help'/ })
})

function untilReceived(url: string, path: string, sizeBytes: number): Promise<void> {
  return eventually(async () => {
    const { headers } = await new RegistryRequests(url).send('GET', path, { status: 204 })
    assert.equal(headers.get('range'), `0-${sizeBytes - 1}`)
  })
}
