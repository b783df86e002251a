import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { digestOf, parseManifest } from '@berth/oci'
import { eventually, temporaryDirectory } from '@berth/stdx/testsuite'
import { kill, startProgram } from './hub-program.ts'
import { endings, retryPut } from './retried-put.ts'
import { RegistryRequests } from '../../conformance/registry/registry-requests.ts'

const rounds = 4

/** Pushes images until the registry is gone, and notes the tags whose push was acknowledged. */
async function pushUntilGone(url: string, prefix: string, acknowledged: string[]): Promise<void> {
  const requests = new RegistryRequests(url)
  for (let index = 0; ; index++) {
    const tag = `${prefix}-${index}`
    try {
      await requests.pushImage('killed/pushes', tag)
    } catch (error) {
      assert.ok(error instanceof TypeError, String(error))
      return
    }
    acknowledged.push(tag)
  }
}

async function assertWhole(requests: RegistryRequests, tag: string): Promise<void> {
  const response = await requests.send('GET', `/v2/killed/pushes/manifests/${tag}`, { status: 200 })
  const manifest = parseManifest(Buffer.from(await response.arrayBuffer()), undefined)
  assert.ok(manifest.kind === 'manifest')
  for (const { digest } of [manifest.config, ...manifest.layers]) {
    const blob = await requests.send('GET', `/v2/killed/pushes/blobs/${digest}`, { status: 200 })
    assert.equal(digestOf(Buffer.from(await blob.arrayBuffer())), digest)
  }
}

test('berth-hub killed during pushes has every image that it acknowledged, and no tag that leads nowhere', async () => {
  await using stack = new AsyncDisposableStack()
  const data = await temporaryDirectory(stack)
  const acknowledged: string[] = []
  for (let round = 0; round < rounds; round++) {
    const { child, url } = await startProgram(stack, data)
    const before = acknowledged.length
    const pushes = [1, 2, 3].map((pusher) => pushUntilGone(url, `r${round}-p${pusher}`, acknowledged))
    await eventually(() => assert.ok(acknowledged.length > before), 30_000)
    await sleep(Math.random() * 200)
    await kill(child)
    await Promise.all(pushes)
  }
  const { url } = await startProgram(stack, data)
  const requests = new RegistryRequests(url)
  const list = await requests.send('GET', '/v2/killed/pushes/tags/list', { status: 200 })
  const { tags } = (await list.json()) as { tags: string[] }
  assert.deepEqual(
    acknowledged.filter((tag) => !tags.includes(tag)),
    [],
  )
  assert.ok(tags.length > 0)
  for (const tag of tags) await assertWhole(requests, tag)
})

for (const ending of Object.keys(endings) as (keyof typeof endings)[])
  test(`R3: a registry killed before it answers a ${ending} takes the same again`, async () => {
    await using stack = new AsyncDisposableStack()
    const data = await temporaryDirectory(stack)
    await retryPut(stack, { ending, data, more: [], environment: {} })
  })
