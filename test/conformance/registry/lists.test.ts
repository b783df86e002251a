import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { digestOf, mediaTypes, type Descriptor } from '@berth/oci'
import { startHub, type TestHub } from '../../fixtures/hub.ts'
import { describe, imageManifest, RegistryRequests } from './registry-requests.ts'

let hub: TestHub
let registry: RegistryRequests
before(async () => {
  hub = await startHub()
  registry = new RegistryRequests(hub.url)
})
after(() => hub[Symbol.asyncDispose]())

const tagsOf = async (response: Response) => ((await response.json()) as { tags: string[] }).tags
const nextOf = (response: Response) => /^<([^>]+)>; rel="next"$/.exec(response.headers.get('link') ?? '')?.[1]

interface Referrers {
  schemaVersion: number
  mediaType: string
  manifests: Descriptor[]
}

async function referrersOf(
  repository: string,
  digest: string,
  query = '',
): Promise<{ response: Response; index: Referrers }> {
  const response = await registry.send('GET', `/v2/${repository}/referrers/${digest}${query}`, {
    status: 200,
  })
  assert.equal(response.headers.get('content-type'), mediaTypes.ociIndex)
  return { response, index: (await response.json()) as Referrers }
}

test('tags are listed in order, in pages that lead to each other', async () => {
  const tags = ['v10', 'V1', 'latest', 'v2', '_x', '1.0']
  const image = await registry.pushImage('list/tags', 'latest')
  const document = JSON.parse(image.bytes.toString()) as object
  for (const tag of tags) await registry.pushManifest('list/tags', tag, document)
  const sorted = [...tags].sort()
  assert.deepEqual(
    await tagsOf(await registry.send('GET', '/v2/list/tags/tags/list', { status: 200 })),
    sorted,
  )
  const seen: string[] = []
  for (let path: string | undefined = '/v2/list/tags/tags/list?n=4'; path !== undefined;) {
    const response: Response = await registry.send('GET', path, { status: 200 })
    seen.push(...(await tagsOf(response)))
    path = nextOf(response)
  }
  assert.deepEqual(seen, sorted)
  const after = await registry.send('GET', '/v2/list/tags/tags/list?last=latest&n=1', { status: 200 })
  assert.deepEqual(await tagsOf(after), ['v10'])
})

test('a page of none has no next, one larger than the list neither', async () => {
  await registry.pushImage('list/pages', 'only')
  for (const [n, tags] of [
    ['0', []],
    ['1', ['only']],
    ['999999999', ['only']],
  ] as const) {
    const response = await registry.send('GET', `/v2/list/pages/tags/list?n=${n}`, { status: 200 })
    assert.equal(response.headers.get('link'), null)
    assert.deepEqual(await tagsOf(response), tags)
  }
  for (const n of ['-1', 'x', '1e9'])
    await registry.send('GET', `/v2/list/pages/tags/list?n=${n}`, { status: 400 })
})

test('tags of a repository that is not there are NAME_UNKNOWN', async () => {
  const error = await registry.sendForError('GET', '/v2/never/pushed/tags/list', { status: 404 })
  assert.equal(error.code, 'NAME_UNKNOWN')
})

test('the catalog lists repositories in order, in pages', async () => {
  await using fresh = await startHub()
  const requests = new RegistryRequests(fresh.url)
  const names = ['b/b', 'a', 'c', 'b', 'b/a']
  for (const name of names) await requests.pushBlob(name, Buffer.from('x'))
  const seen: string[] = []
  for (let path: string | undefined = '/v2/_catalog?n=2'; path !== undefined;) {
    const response: Response = await requests.send('GET', path, { status: 200 })
    seen.push(...((await response.json()) as { repositories: string[] }).repositories)
    path = nextOf(response)
  }
  assert.deepEqual(seen, [...names].sort())
})

test('referrers of a subject are listed with what they say of themselves', async () => {
  const subject = await registry.pushImage('referrers/app', 'subject')
  const to = { subject: describe(mediaTypes.ociManifest, subject.bytes) }
  const annotations = { 'org.example.note': 'hello' }
  const signature = await registry.pushImage('referrers/app', 'signature', {
    ...to,
    artifactType: 'text/signature',
    annotations,
  })
  const plain = await registry.pushImage('referrers/app', 'plain', to)
  const index = await registry.pushManifest('referrers/app', 'index', {
    schemaVersion: 2,
    mediaType: mediaTypes.ociIndex,
    manifests: [],
    artifactType: 'text/list',
    ...to,
  })
  for (const { response } of [signature, plain, index])
    assert.equal(response.headers.get('oci-subject'), subject.digest)
  const { index: all } = await referrersOf('referrers/app', subject.digest)
  const expected = [
    { ...describe(mediaTypes.ociManifest, signature.bytes), artifactType: 'text/signature', annotations },
    { ...describe(mediaTypes.ociManifest, plain.bytes), artifactType: mediaTypes.ociConfig },
    { ...describe(mediaTypes.ociIndex, index.bytes), artifactType: 'text/list' },
  ].sort((a, b) => (a.digest < b.digest ? -1 : 1))
  assert.deepEqual(all, { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: expected })

  const filtered = await referrersOf('referrers/app', subject.digest, '?artifactType=text/signature')
  assert.equal(filtered.response.headers.get('oci-filters-applied'), 'artifactType')
  assert.deepEqual(
    filtered.index.manifests.map(({ digest }) => digest),
    [signature.digest],
  )
})

test('referrers come in pages, keep their filter, and go when they are deleted', async () => {
  await registry.pushBlob('referrers/pages', Buffer.from('{}'))
  const subject = describe(mediaTypes.ociManifest, Buffer.from('never pushed'))
  const blob = Buffer.from('{}')
  const pushed = await Promise.all(
    Array.from({ length: 5 }, (_, index) =>
      registry.pushManifest(
        'referrers/pages',
        `r${index}`,
        imageManifest(blob, blob, { subject, artifactType: 'a/b', annotations: { index: `${index}` } }),
      ),
    ),
  )
  const seen: string[] = []
  for (let query: string | undefined = '?artifactType=a%2Fb&n=2'; query !== undefined;) {
    const { response, index } = await referrersOf('referrers/pages', subject.digest, query)
    seen.push(...index.manifests.map(({ digest }) => digest))
    query = nextOf(response)?.replace(/^[^?]*/, '')
  }
  assert.deepEqual(seen, pushed.map(({ digest }) => digest as string).sort())
  await registry.send('DELETE', `/v2/referrers/pages/manifests/${seen[0]}`, { status: 202 })
  const { index } = await referrersOf('referrers/pages', subject.digest)
  assert.equal(index.manifests.length, 4)
})

test('referrers of what is not there are an empty index', async () => {
  for (const repository of ['referrers/app', 'never/there']) {
    const { index } = await referrersOf(repository, digestOf('nothing'))
    assert.deepEqual(index, { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [] })
  }
})
