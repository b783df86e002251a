import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DiskUsage } from '@berth/api'
import { engineSuite } from '../../fixtures/engine-suite.ts'
import type { TestHub } from '../../fixtures/hub.ts'
import { buildImage } from '../../fixtures/images.ts'
import { storedContent } from '../../fixtures/stored-content.ts'

const suite = engineSuite({ bridge: 'none', isPulled: false, furnish: pushImages })
const { docker } = suite

async function pushImages(hub: TestHub): Promise<void> {
  const base = { '/base': 'b'.repeat(100_000) }
  await hub.push(
    await buildImage({ layers: [base, { '/one': '1' }], config: { Labels: { keep: 'yes' } } }),
    'library/one:1',
  )
  await hub.push(
    await buildImage({ layers: [base, { '/two': '2' }], config: { Cmd: ['/two'] } }),
    'library/two:1',
  )
}

const pullAll = async () => {
  for (const name of ['busybox', 'one:1', 'two:1']) await docker('pull', '-q', name)
}
const names = async () => (await docker('images', '--format', '{{.Repository}}')).split('\n').toSorted()

test('df() counts each layer once and says what images share', async () => {
  await pullAll()
  await docker(
    'run',
    '--name',
    'writer',
    '--network',
    'none',
    'busybox',
    'sh',
    '-c',
    'head -c 50000 /dev/zero > /file',
  )
  const { body } = await suite.engine.api('GET', '/system/df')
  const usage = body as DiskUsage
  const images = new Map(usage.Images?.map((image) => [image.RepoTags?.[0], image]))
  const shared = images.get('one:1')?.SharedSize ?? 0
  assert.ok(shared > 100_000)
  assert.equal(images.get('two:1')?.SharedSize, shared)
  assert.equal(images.get('busybox:latest')?.SharedSize, 0)
  assert.equal(images.get('busybox:latest')?.Containers, 1)
  const total = [...images.values()].reduce((sum, image) => sum + image.Size, 0)
  assert.equal(usage.LayersSize, total - shared)
  assert.ok((usage.Containers?.[0]?.SizeRw ?? 0) >= 50_000)
  assert.match(await docker('system', 'df'), /^Images +3 +1 /m)
  assert.match(await docker('system', 'df', '-v'), /^writer|busybox/m)
})

test('image prune() takes what has no name, and with -a what no container was made of', async () => {
  await docker('commit', 'writer')
  assert.match(
    await docker('image', 'prune', '-f'),
    /^Deleted Images:\ndeleted: sha256:[a-f0-9]{64}\n\nTotal reclaimed space: /,
  )
  assert.deepEqual(await names(), ['busybox', 'one', 'two'])
  await docker('image', 'prune', '-af', '--filter', 'until=24h', '--filter', 'label=keep=no')
  assert.deepEqual(await names(), ['busybox', 'one', 'two'])
  await docker('image', 'prune', '-af', '--filter', 'label!=keep')
  assert.deepEqual(await names(), ['busybox', 'one'])
  const text = await docker('image', 'prune', '-af')
  assert.match(text, /^untagged: one:1$/m)
  assert.deepEqual(await names(), ['busybox'])
  assert.equal((await storedContent(suite.engine)).layers.length, 1)
})

test('container prune() takes what does not run and says how much that was', async () => {
  await docker('run', '-d', '--name', 'runs', '--network', 'none', 'busybox', 'sleep', '600')
  await docker('create', '--name', 'labelled', '--label', 'keep', '--network', 'none', 'busybox')
  const text = await docker('container', 'prune', '-f', '--filter', 'label!=keep')
  assert.match(text, /^Deleted Containers:\n[a-f0-9]{64}\n\nTotal reclaimed space: (5\d|6\d)\.?\d*kB$/)
  assert.deepEqual((await docker('ps', '-a', '--format', '{{.Names}}')).split('\n').toSorted(), [
    'labelled',
    'runs',
  ])
})

test('system prune() of the stock client takes everything that is not used', async () => {
  await pullAll()
  await docker('system', 'prune', '-af', '--volumes')
  assert.deepEqual(await names(), ['busybox'])
  assert.equal(await docker('ps', '-aq', '--filter', 'status=created'), '')
  await docker('rm', '-f', 'runs')
  await docker('system', 'prune', '-af')
  const { images, blobs, layers } = await storedContent(suite.engine)
  assert.deepEqual([images, blobs, layers], [[], [], []])
})

test('image prune() counts the bytes of a layer that is not compressed once', async () => {
  const image = await buildImage({ layers: [{ '/large': 'x'.repeat(1_000_000) }], compression: 'none' })
  await suite.hub.push(image, 'library/plain:1')
  await docker('pull', '-q', 'plain:1')
  assert.match(await docker('image', 'prune', '-af'), /Total reclaimed space: 1\.00\dMB$/)
})

test('prune() refuses filters that it does not know', async () => {
  const filters = encodeURIComponent(JSON.stringify({ colour: ['red'] }))
  for (const what of ['images', 'containers', 'networks', 'volumes'])
    assert.equal((await suite.engine.api('POST', `/${what}/prune?filters=${filters}`)).status, 400, what)
})
