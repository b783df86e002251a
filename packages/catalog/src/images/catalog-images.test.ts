import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { digestOf, mediaTypes } from '@berth/oci'
import { isCoded } from '@berth/stdx'
import { openTemporaryCatalog, stranger, type TemporaryCatalog } from '../testsuite/temporary-catalog.ts'

const page = { page: 1, size: 10 }
const repository = 'ada/app'

async function openWithRepository() {
  const catalog = await openTemporaryCatalog()
  const ada = await catalog.addAccount('ada')
  await catalog.repositories.createRepository(ada, { name: repository })
  return { catalog, ada, [Symbol.asyncDispose]: () => catalog[Symbol.asyncDispose]() }
}

function addImage(
  { contents }: TemporaryCatalog,
  config: unknown,
  { tag, updatedAt = 1 }: { tag?: string; updatedAt?: number } = {},
) {
  const bytes = Buffer.from(typeof config === 'string' ? config : JSON.stringify(config))
  const layer = contents.addBlob(
    repository,
    Buffer.from(`layer of ${digestOf(bytes)}`),
    mediaTypes.ociLayerGzip,
  )
  return contents.addManifest(
    repository,
    {
      schemaVersion: 2,
      mediaType: mediaTypes.ociManifest,
      config: contents.addBlob(repository, bytes, mediaTypes.ociConfig),
      layers: [layer],
    } as { mediaType: string },
    tag === undefined ? undefined : { name: tag, updatedAt },
  )
}

test('listTags() orders as it is asked to, tags of one time by name', async () => {
  await using opened = await openWithRepository()
  const { catalog } = opened
  for (const [name, updatedAt] of [
    ['b', 2],
    ['c', 1],
    ['a', 2],
  ] as const)
    addImage(catalog, { os: 'linux', architecture: name }, { tag: name, updatedAt })
  const wanted = { last_updated: 'cab', '-last_updated': 'abc', name: 'abc', '-name': 'cba' } as const
  for (const [ordering, names] of Object.entries(wanted) as [keyof typeof wanted, string][]) {
    const options = { ...page, ordering }
    const { entries } = await catalog.images.listTags(stranger, repository, options)
    assert.equal(entries.map(({ name }) => name).join(''), names, ordering)
  }
})

test('listTags() gives the newest first, with the platforms of an index and without its attestations', async () => {
  await using opened = await openWithRepository()
  const { catalog } = opened
  const amd64 = addImage(catalog, { os: 'linux', architecture: 'amd64' }, { tag: 'old' })
  const arm64 = addImage(catalog, { os: 'linux', architecture: 'arm64', variant: 'v8' })
  const attestation = addImage(catalog, { os: 'unknown', architecture: 'unknown' })
  const unknown = { platform: { os: 'unknown', architecture: 'unknown' } }
  const absent = { ...arm64, digest: digestOf('nowhere'), size: 7 }
  const index = {
    schemaVersion: 2,
    mediaType: mediaTypes.ociIndex,
    manifests: [
      { ...amd64, platform: { os: 'linux', architecture: 'amd64' } },
      arm64,
      { ...attestation, ...unknown },
      { ...absent, platform: { os: 'linux', architecture: 'riscv64' } },
    ],
  }
  catalog.contents.addManifest(repository, index, { name: 'new', updatedAt: 2 })
  catalog.registry.noteActivity({ kind: 'push', repository, tags: ['new'], account: 'ada' })
  await catalog.registry.flush()
  const { count, entries } = await catalog.images.listTags(stranger, repository, page)
  assert.equal(count, 2)
  assert.deepEqual(
    entries.map(({ name, updatedBy, images }) => [
      name,
      updatedBy,
      images.map((image) => image.architecture),
    ]),
    [
      ['new', 'ada', ['amd64', 'arm64', 'riscv64']],
      ['old', undefined, ['amd64']],
    ],
  )
  assert.equal((await catalog.images.getTag(stranger, repository, 'old')).digest, amd64.digest)
  const filtered = await catalog.images.listTags(stranger, repository, { ...page, filter: 'ol' })
  assert.equal(filtered.count, 1)
  const reads = catalog.contents.readCount
  await catalog.images.listTags(stranger, repository, page)
  assert.equal(catalog.contents.readCount, reads, 'read again')
})

test('getTag() finds a tag among its neighbours, and none that is not there', async () => {
  await using opened = await openWithRepository()
  const { catalog } = opened
  for (const tag of ['v1', 'v1.0', 'v10', 'v2', 'v', 'V1', 'v1-', 'v1_'])
    addImage(catalog, { os: 'linux', architecture: 'amd64' }, { tag })
  for (const tag of ['v1', 'v1.0', 'v10', 'v2', 'v', 'V1', 'v1-', 'v1_'])
    assert.equal((await catalog.images.getTag(stranger, repository, tag)).name, tag)
  for (const tag of ['v3', 'v1.', '~', '', '../x', 'v1\0', 'x'.repeat(200)])
    await assert.rejects(catalog.images.getTag(stranger, repository, tag), (error) =>
      isCoded(error, 'not-found'),
    )
})

test('getImage() gives layers, history and labels', async () => {
  await using opened = await openWithRepository()
  const { catalog } = opened
  const { digest } = addImage(catalog, {
    os: 'linux',
    architecture: 'amd64',
    created: '2026-01-01T00:00:00Z',
    config: { Labels: { a: 'b' } },
    history: [
      { created_by: 'ADD x', created: '2026-01-01T00:00:00Z' },
      { created_by: 'CMD y', empty_layer: true },
    ],
  })
  const image = await catalog.images.getImage(stranger, repository, digest)
  assert.deepEqual(image.labels, { a: 'b' })
  assert.deepEqual(
    image.history.map(({ createdBy, isEmptyLayer }) => [createdBy, isEmptyLayer]),
    [
      ['ADD x', false],
      ['CMD y', true],
    ],
  )
  assert.equal(image.layers.length, 1)
})

test('getImage() does not show the image of another repository', async () => {
  await using opened = await openWithRepository()
  const { catalog, ada } = opened
  const { digest } = addImage(catalog, { os: 'linux', architecture: 'amd64' }, { tag: 'v1' })
  await catalog.images.listTags(stranger, repository, page)
  await catalog.repositories.createRepository(ada, { name: 'ada/other' })
  await assert.rejects(catalog.images.getImage(stranger, 'ada/other', digest), (error) =>
    isCoded(error, 'not-found'),
  )
})

test('getImage() shows of a hostile config what makes sense', async () => {
  await using opened = await openWithRepository()
  const { catalog } = opened
  const anything = fc.jsonValue({ maxDepth: 4 })
  const hostile = fc.record(
    {
      os: anything,
      architecture: anything,
      variant: anything,
      created: anything,
      author: anything,
      config: fc.oneof(anything, fc.record({ Labels: anything })),
      history: fc.oneof(anything, fc.array(fc.record({ created_by: anything, empty_layer: anything }))),
    },
    { requiredKeys: [] },
  )
  await fc.assert(
    fc.asyncProperty(fc.oneof(hostile, anything, fc.string()), async (config) => {
      const { digest } = addImage(catalog, config, { tag: 'latest' })
      const image = await catalog.images.getImage(stranger, repository, digest)
      for (const text of [image.os, image.architecture, ...Object.values(image.labels)])
        assert.equal(typeof text, 'string')
      for (const { createdBy, comment } of image.history)
        assert.ok(typeof createdBy === 'string' && typeof comment === 'string')
      await catalog.images.getTag(stranger, repository, 'latest')
    }),
    { numRuns: 100 },
  )
})

test('getImage() keeps within bounds whatever an image says', async () => {
  await using opened = await openWithRepository()
  const { catalog } = opened
  const { digest } = addImage(catalog, {
    os: 'x'.repeat(100_000),
    architecture: 'amd64',
    history: Array.from({ length: 5000 }, () => ({ created_by: 'y'.repeat(20) })),
    config: { Labels: Object.fromEntries(Array.from({ length: 3000 }, (_, index) => [`l${index}`, 'z'])) },
  })
  const image = await catalog.images.getImage(stranger, repository, digest)
  assert.equal(image.os.length, 200)
  assert.equal(image.history.length, 500)
  assert.equal(Object.keys(image.labels).length, 200)
})
