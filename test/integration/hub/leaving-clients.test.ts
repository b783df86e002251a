import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readdir, readlink } from 'node:fs/promises'
import { get, request as httpRequest, type IncomingMessage } from 'node:http'
import { test } from 'node:test'
import { eventually } from '@berth/stdx/testsuite'
import { startHub } from '../../fixtures/hub.ts'
import { RegistryRequests } from '../../conformance/registry/registry-requests.ts'

/** Files of the hub that this process has open: what they are named. */
async function openFiles(pattern: RegExp): Promise<string[]> {
  const names = await readdir('/proc/self/fd')
  const targets = await Promise.all(names.map((name) => readlink(`/proc/self/fd/${name}`).catch(() => '')))
  return targets.filter((target) => pattern.test(target))
}

test('clients that leave in the middle of a download leave no file open', async () => {
  await using hub = await startHub()
  const registry = new RegistryRequests(hub.url)
  const digest = await registry.pushBlob('leave/me', randomBytes(8_000_000))
  const url = `${hub.url}/v2/leave/me/blobs/${digest}`
  await Promise.all(
    Array.from({ length: 50 }, async () => {
      const request = get(url, { agent: false })
      request.on('error', () => {})
      const [response] = (await once(request, 'response')) as [IncomingMessage]
      await once(response, 'data')
      request.destroy()
    }),
  )
  await eventually(async () => assert.deepEqual(await openFiles(/\/blobs\/sha256\//), []))
  await registry.send('GET', `/v2/leave/me/blobs/${digest}`, { status: 200 })
})

test('clients that leave in the middle of an upload leave no file open', async () => {
  await using hub = await startHub()
  const registry = new RegistryRequests(hub.url)
  await Promise.all(
    Array.from({ length: 50 }, async () => {
      const path = await registry.beginUpload('leave/me')
      const request = httpRequest(new URL(path, hub.url), {
        method: 'PATCH',
        agent: false,
        headers: { 'Content-Length': 1_000_000 },
      })
      request.on('error', () => {})
      request.write(randomBytes(100_000))
      await eventually(async () => {
        const status = await registry.send('GET', path, { status: 204 })
        assert.equal(status.headers.get('range'), '0-99999')
      })
      request.destroy()
    }),
  )
  await eventually(async () => assert.deepEqual(await openFiles(/\/uploads\//), []))
})
