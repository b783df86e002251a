import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { digestOf, mediaTypes, type Manifest } from '@berth/oci'
import { readTar } from '@berth/layer'
import { isCoded, readBounded } from '@berth/stdx'
import { blobName, parseBlobName } from './blob-name.ts'
import { parseDockerIndex } from './docker-index.ts'
import { packArchive, type PackedImage } from './pack-archive.ts'
import { annotatedNames, storedTags } from './tag-names.ts'

const index = (value: unknown) => parseDockerIndex(Buffer.from(JSON.stringify(value)))

test('parseBlobName() takes digests and nothing else', () => {
  for (const algorithm of ['sha256', 'sha512'] as const) {
    const digest = digestOf('x', algorithm)
    assert.equal(parseBlobName(blobName(digest)), digest)
  }
  const hex = 'a'.repeat(64)
  for (const name of [
    `blobs/sha256/${hex}/x`,
    `blobs/md5/${hex}`,
    `blobs/sha256/../${hex}`,
    `blob/sha256/${hex}`,
    `blobs/sha256/${hex.toUpperCase()}`,
    'blobs',
    '',
  ])
    assert.equal(parseBlobName(name), undefined, name)
})

test('parseDockerIndex() reads what Docker writes, also null for none', () => {
  assert.deepEqual(index([{ Config: 'c.json', RepoTags: null, Layers: null }]), [
    { Config: 'c.json', RepoTags: null, Layers: [] },
  ])
  assert.deepEqual(index([{ Config: 'c', RepoTags: ['a:1'], Layers: ['l'], LayerSources: {} }]), [
    { Config: 'c', RepoTags: ['a:1'], Layers: ['l'] },
  ])
  const Parent = digestOf('parent')
  assert.deepEqual(index([{ Config: 'c', RepoTags: null, Layers: [], Parent }]), [
    { Config: 'c', RepoTags: null, Layers: [], Parent },
  ])
})

test('parseDockerIndex() refuses anything else with a coded error', () => {
  for (const value of [
    null,
    {},
    [null],
    [{}],
    [{ Config: '' }],
    [{ Config: 'c', Layers: [1] }],
    [{ Config: 'c', RepoTags: 'a', Layers: [] }],
    [{ Config: 'c', RepoTags: null, Layers: [], Parent: 'x' }],
  ])
    assert.throws(() => index(value), { code: 'invalid-argument' })
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      try {
        index(value)
      } catch (error) {
        assert.ok(isCoded(error, 'invalid-argument'))
      }
    }),
  )
})

test('annotatedNames() takes whole names; a tag alone names nothing', () => {
  const descriptor = { mediaType: mediaTypes.ociManifest, digest: digestOf('x'), size: 1 }
  const names = (annotations: Record<string, string>) => annotatedNames({ ...descriptor, annotations })
  assert.deepEqual(annotatedNames(descriptor), [])
  assert.deepEqual(names({ 'org.opencontainers.image.ref.name': 'latest' }), [])
  assert.deepEqual(names({ 'org.opencontainers.image.ref.name': 'host/x:1' }), ['host/x:1'])
  assert.deepEqual(
    names({ 'io.containerd.image.name': 'docker.io/library/x:1', 'org.opencontainers.image.ref.name': '1' }),
    ['docker.io/library/x:1'],
  )
})

test('storedTags() completes names and passes over digests', () => {
  assert.deepEqual(storedTags(['x', 'host:5000/a/b:c', `x@${digestOf('y')}`]), [
    'docker.io/library/x:latest',
    'host:5000/a/b:c',
  ])
  assert.throws(() => storedTags(['../x']), { code: 'invalid-argument' })
})

const blobs = new Map(['m', 'c', 'l'].map((text) => [digestOf(text), Buffer.from(text)]))
const descriptor = (text: string, mediaType: string) => ({ mediaType, digest: digestOf(text), size: 1 })
const manifest: Manifest = {
  schemaVersion: 2,
  mediaType: mediaTypes.ociManifest,
  config: descriptor('c', mediaTypes.ociConfig),
  layers: [descriptor('l', mediaTypes.ociLayer), descriptor('l', mediaTypes.ociLayer)],
}
const packed: PackedImage = {
  root: descriptor('m', mediaTypes.ociManifest),
  platform: { os: 'linux', architecture: 'amd64' },
  documents: [descriptor('m', mediaTypes.ociManifest)],
  manifests: [manifest],
  tags: ['docker.io/library/x:1'],
  parentId: undefined,
}

test('packArchive() writes each blob once, whatever names it', async () => {
  async function* body() {
    for (const part of packArchive([packed, packed]))
      yield part instanceof Uint8Array ? part : (blobs.get(part.digest) ?? Buffer.alloc(0))
  }
  const names: string[] = []
  for await (const member of readTar(body())) {
    names.push(member.entry.name)
    await readBounded(member.body, 1024 * 1024, member.entry.name)
  }
  const stored = [...blobs.keys()].map(blobName)
  assert.deepEqual(names, ['oci-layout', 'index.json', 'manifest.json', 'blobs/', 'blobs/sha256/', ...stored])
})
