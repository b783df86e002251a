import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestOf, type Digest } from '@berth/oci'
import { openDatabase } from '@berth/stdx'
import { ImageStore, type ImageRecord } from './image-store.ts'
import { sampleImage } from '../../testsuite/sample-image.ts'

const image = (text: string, createdAt = '2026-01-01T00:00:00Z') =>
  sampleImage(text, { createdAt, diffIds: [digestOf('base'), digestOf(`${text} layer`)] })
const contentOf = (record: ImageRecord) => ({
  blobs: [record.imageId, record.manifestDigest, digestOf('shared')],
  layers: record.diffIds.map((diffId) => ({ digest: digestOf(`blob of ${diffId}`), diffId })),
})

function storeOf(...records: ImageRecord[]): ImageStore {
  const store = new ImageStore(openDatabase(':memory:'))
  for (const record of records) store.add(record, contentOf(record), {})
  return store
}

test('add() moves a tag that points at another image', () => {
  const [old, young] = [image('old'), image('young')]
  const store = storeOf()
  const tags = ['docker.io/library/app:latest']
  store.add(old, contentOf(old), { tags })
  store.add(young, contentOf(young), { tags, digests: ['docker.io/library/app@sha256:aa'] })
  assert.equal(store.findByTag('docker.io/library/app:latest'), young.imageId)
  assert.deepEqual(store.namesOf(old.imageId), { tags: [], digests: [] })
  assert.equal(store.findByDigest('docker.io/library/app', 'sha256:aa'), young.imageId)
})

test('list() is newest first', () => {
  const store = storeOf(image('a', '2026-01-01T00:00:00Z'), image('b', '2026-03-01T00:00:00Z'))
  assert.deepEqual(
    store.list().map((record) => record.imageId),
    [digestOf('b'), digestOf('a')],
  )
})

test('list() and namesOf() follow every change', () => {
  const [a, b] = [image('a'), image('b', '2025-01-01T00:00:00Z')]
  const store = storeOf(a)
  const seen = () => store.list().map(({ imageId }) => [imageId, store.namesOf(imageId)])
  const bare = { tags: [], digests: [] }
  const change = (action: () => unknown, expected: ReturnType<typeof seen>) => {
    seen()
    action()
    assert.deepEqual(seen(), expected)
  }
  change(
    () => store.add(b, contentOf(b), {}),
    [
      [a.imageId, bare],
      [b.imageId, bare],
    ],
  )
  change(() => store.delete(b.imageId), [[a.imageId, bare]])
  change(() => store.setTag('r/a:1', a.imageId), [[a.imageId, { tags: ['r/a:1'], digests: [] }]])
  const both = { tags: ['r/a:1'], digests: ['r/a@sha256:aa'] }
  change(() => store.addDigest('r/a@sha256:aa', a.imageId), [[a.imageId, both]])
  change(() => store.deleteNames(['r/a:1']), [[a.imageId, { ...both, tags: [] }]])
  change(() => store.deleteNames(['r/a@sha256:aa']), [[a.imageId, bare]])
})

test('delete() lets go of blobs and layers that no other image needs', () => {
  const [a, b] = [image('a'), image('b')]
  const store = storeOf(a, b)
  store.setTag('docker.io/library/a:1', a.imageId)
  store.delete(a.imageId)
  const held = store.reachableBlobs()
  assert.ok(!held.has(a.manifestDigest) && held.has(b.manifestDigest) && held.has(digestOf('shared')))
  assert.deepEqual(store.reachableLayers(), new Set<Digest>(b.diffIds))
  assert.equal(store.findByTag('docker.io/library/a:1'), undefined)
})

test('findByPrefix() tells a unique prefix from an ambiguous one', () => {
  const store = storeOf(image('a'), image('b'))
  const hex = digestOf('a').slice(7)
  assert.deepEqual(store.findByPrefix(hex.slice(0, 12)), [digestOf('a')])
  assert.equal(store.findByPrefix('').length, 2)
  assert.deepEqual(store.findByPrefix('0'.repeat(64)), [])
})
