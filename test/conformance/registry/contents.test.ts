import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { digestAlgorithm, type Descriptor, type Digest } from '@berth/oci'
import { dataSets, type DataSet, type PushedManifest } from './data-sets.ts'
import { RegistryRequests, withDigest } from './registry-requests.ts'
import { openSubject, type Subject } from './subject.ts'

let subject: Subject
let registry: RegistryRequests
before(async () => {
  subject = await openSubject()
  registry = new RegistryRequests(subject.url)
})
after(() => subject[Symbol.asyncDispose]())

const blobPath = (repository: string, digest: Digest) => `/v2/${repository}/blobs/${digest}`
const manifestPath = (repository: string, reference: string) => `/v2/${repository}/manifests/${reference}`

for (const [name, build] of dataSets) {
  describe(name, () => {
    const repository = `conformance/${name}`
    const set = build()
    test('is pushed', () => push(repository, set))
    test('has its tags listed', () => assertTagsListed(repository, set))
    test('answers HEAD and GET by tag and by digest', () => assertPulled(repository, set))
    if (set.manifests.some((manifest) => manifest.subject)) {
      test('has its referrers listed, whole and filtered', () => assertReferrers(repository, set))
    }
    test('is deleted, each part at once gone', () => remove(repository, set))
  })
}

async function push(repository: string, set: DataSet): Promise<void> {
  for (const [digest, bytes] of set.blobs) await pushBlob(repository, digest, bytes)
  for (const manifest of set.manifests) await pushManifest(repository, manifest)
}

async function pushBlob(repository: string, digest: Digest, bytes: Buffer): Promise<void> {
  const query = `?digest-algorithm=${digestAlgorithm(digest)}`
  const path = withDigest(await registry.beginUpload(repository, query), digest)
  const headers = { 'Content-Type': 'application/octet-stream' }
  const response = await registry.send('PUT', path, { body: bytes, headers, status: 201 })
  assert.equal(response.headers.get('docker-content-digest'), digest)
}

/** One tag is pushed as itself; several, or one under another algorithm than sha256, as parameters. */
async function pushManifest(repository: string, manifest: PushedManifest): Promise<void> {
  const { digest, tags, mediaType, bytes } = manifest
  const [only] = tags.length === 1 && digestAlgorithm(digest) === 'sha256' ? tags : []
  const query = only === undefined ? tags.map((tag) => `tag=${tag}`).join('&') : ''
  const response = await registry.send('PUT', `${manifestPath(repository, only ?? digest)}?${query}`, {
    body: bytes,
    headers: { 'Content-Type': mediaType },
    status: 201,
  })
  assert.equal(response.headers.get('docker-content-digest'), digest)
  assert.equal(response.headers.get('oci-subject'), manifest.subject ?? null)
  const accepted = response.headers.get('oci-tag')?.split(', ') ?? []
  assert.deepEqual(accepted, only === undefined ? tags : [])
}

async function assertTagsListed(repository: string, set: DataSet): Promise<void> {
  const wanted = set.manifests.flatMap(({ tags }) => tags).sort()
  const listed = async (query: string) => {
    const response = await registry.send('GET', `/v2/${repository}/tags/list${query}`, { status: 200 })
    return ((await response.json()) as { tags: string[] }).tags
  }
  assert.deepEqual(await listed(''), wanted)
  const half = Math.floor(wanted.length / 2)
  if (half > 0) assert.deepEqual(await listed(`?last=${wanted[half - 1]}`), wanted.slice(half))
}

async function assertPulled(repository: string, set: DataSet): Promise<void> {
  for (const { digest, tags, mediaType, bytes } of set.manifests) {
    for (const reference of [digest, ...tags])
      await assertContent(manifestPath(repository, reference), { digest, mediaType, bytes })
  }
  for (const [digest, bytes] of set.blobs)
    await assertContent(blobPath(repository, digest), { digest, bytes })
}

async function assertContent(
  path: string,
  wanted: { digest: Digest; bytes: Buffer; mediaType?: string },
): Promise<void> {
  const head = await registry.send('HEAD', path, { status: 200 })
  const got = await registry.send('GET', path, { status: 200 })
  assert.deepEqual(Buffer.from(await got.arrayBuffer()), wanted.bytes)
  for (const { headers } of [head, got]) {
    assert.equal(headers.get('content-length'), String(wanted.bytes.length))
    assert.equal(headers.get('docker-content-digest'), wanted.digest)
    if (wanted.mediaType !== undefined) assert.equal(headers.get('content-type'), wanted.mediaType)
  }
}

async function assertReferrers(repository: string, set: DataSet): Promise<void> {
  for (const subject of new Set(set.manifests.flatMap((manifest) => manifest.subject ?? []))) {
    const wanted = set.manifests.filter((manifest) => manifest.subject === subject)
    assert.deepEqual(await referrersOf(repository, subject, ''), sorted(wanted))
    for (const type of new Set(wanted.map(({ referrer }) => referrer.artifactType))) {
      const query = `?artifactType=${encodeURIComponent(type)}`
      const filtered = wanted.filter(({ referrer }) => referrer.artifactType === type)
      assert.deepEqual(await referrersOf(repository, subject, query), sorted(filtered))
    }
  }
}

async function referrersOf(repository: string, subject: Digest, query: string): Promise<Descriptor[]> {
  const response = await registry.send('GET', `/v2/${repository}/referrers/${subject}${query}`, {
    status: 200,
  })
  assert.equal(response.headers.get('oci-filters-applied'), query === '' ? null : 'artifactType')
  return ((await response.json()) as { manifests: Descriptor[] }).manifests
}

function sorted(manifests: PushedManifest[]) {
  return manifests.map(({ referrer }) => referrer).sort((a, b) => (a.digest < b.digest ? -1 : 1))
}

async function remove(repository: string, set: DataSet): Promise<void> {
  for (const { digest, tags } of set.manifests.toReversed()) {
    for (const reference of [...tags, digest]) await assertDeleted(manifestPath(repository, reference))
  }
  for (const digest of set.blobs.keys()) await assertDeleted(blobPath(repository, digest))
}

async function assertDeleted(path: string): Promise<void> {
  await registry.send('DELETE', path, { status: 202 })
  await registry.send('HEAD', path, { status: 404 })
  await registry.send('DELETE', path, { status: 404 })
}
