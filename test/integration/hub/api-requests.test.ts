import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { digestOf, mediaTypes } from '@berth/oci'
import { passwordOf, startAccountsHub, type AccountsHub } from '../../fixtures/accounts-hub.ts'

interface Page {
  count: number
  next: string | null
  previous: string | null
  results: { name: string }[]
}

const repositories = '/v2/namespaces/ann/repositories'
const names = Array.from({ length: 7 }, (_, index) => `box${index}`)
let hub: AccountsHub
let ann: string

before(async () => {
  hub = await startAccountsHub({ flags: ['--api-limit', '100000'] })
  ann = await hub.signUp('ann')
  for (const name of names) await hub.must('POST', repositories, { session: ann, body: { name } })
})

after(() => hub?.[Symbol.asyncDispose]())

const getPage = (path: string) => hub.must<Page>('GET', path, { session: ann })
const pathOf = (link: string | null) => (link === null ? undefined : link.slice(hub.url.length))

test('a list is walked by its links, forth and back, in the order that was asked for', async () => {
  const pages: Page[] = []
  for (
    let path: string | undefined = `${repositories}/?page_size=3&ordering=-name`;
    path;
    path = pathOf(pages.at(-1)?.next ?? null)
  )
    pages.push(await getPage(path))
  const found = pages.flatMap(({ results }) => results.map(({ name }) => name))
  assert.deepEqual(found, names.toReversed())
  assert.deepEqual(
    pages.map(({ count }) => count),
    [7, 7, 7],
  )
  assert.equal(pages[0]?.previous, null)
  const back = await getPage(pathOf(pages[1]?.previous ?? null) ?? assert.fail())
  assert.deepEqual(back, pages[0])
})

test("tags are listed in the order that was asked for, in Docker Hub's words", async () => {
  const image = `${hub.url}/v2/ann/box1`
  const token = await hub.registryToken(
    { name: 'ann', secret: passwordOf('ann') },
    'repository:ann/box1:pull,push',
  )
  const send = async (request: string, type: string, body: string) => {
    const [method = '', path] = request.split(' ')
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': type }
    assert.equal((await fetch(image + path, { method, headers, body })).status, 201)
  }
  const config = { mediaType: mediaTypes.ociConfig, digest: digestOf('{}'), size: 2 }
  await send(`POST /blobs/uploads/?digest=${config.digest}`, 'application/octet-stream', '{}')
  const manifest = { schemaVersion: 2, mediaType: mediaTypes.ociManifest, config, layers: [] }
  for (const tag of ['b', 'c', 'a']) {
    await send(`PUT /manifests/${tag}`, manifest.mediaType, JSON.stringify(manifest))
    // Their times differ.
    await setTimeout(2)
  }
  for (const [ordering, wanted] of [
    ['', 'acb'],
    ['last_updated', 'acb'],
    ['-last_updated', 'bca'],
    ['name', 'cba'],
    ['-name', 'abc'],
  ] as const) {
    const { results } = await getPage(`${repositories}/box1/tags?ordering=${ordering}`)
    assert.equal(results.map(({ name }) => name).join(''), wanted, ordering)
  }
  assert.equal((await hub.call('GET', `${repositories}/box1/tags?ordering=size`)).status, 400)
})

test('pages that are not there are empty, and what is no number of a page is refused', async () => {
  const { count, next, results } = await getPage(`${repositories}?page=50`)
  assert.deepEqual([count, next, results], [7, null, []])
  assert.equal((await getPage(`${repositories}?page_size=100000`)).results.length, 7)
  for (const query of ['page=0', 'page=-1', 'page=a', 'page=1e9', 'page_size=0', 'ordering=secret'])
    assert.equal((await hub.call('GET', `${repositories}?${query}`)).status, 400, query)
})

test('HEAD is GET without the body, and other methods are told which there are', async () => {
  for (const [path, status] of [
    [`${repositories}/box1`, 200],
    [`${repositories}/box1/tags`, 200],
    [`${repositories}/nothing`, 404],
  ] as const) {
    const answer = await hub.call('HEAD', path)
    assert.deepEqual([answer.status, answer.text], [status, ''])
  }
  const refused = await hub.call('PUT', repositories, { session: ann, body: {} })
  assert.deepEqual([refused.status, refused.headers.get('allow')], [405, 'GET, POST'])
})

const deep = (depth: number) => `{"name":${'['.repeat(depth)}${']'.repeat(depth)}}`
const hostileBodies = [
  '',
  '{',
  'null',
  '[]',
  '5',
  '{"name":null}',
  '{"name":5}',
  '{"name":{"a":1}}',
  '{"name":"x","is_private":"yes"}',
  '{"name":"x","categories":"web"}',
  '{"name":"a\\u0000b"}',
  '\uFEFF{"name":"marked"}',
  deep(100_000),
]

test("bodies that do not fit are refused in Docker Hub's shape, and make nothing", async () => {
  const send = async (body: string, { status = 400, type = 'application/json' } = {}) => {
    const headers = { Authorization: `Bearer ${ann}`, 'Content-Type': type }
    const response = await fetch(hub.url + repositories, { method: 'POST', headers, body })
    const said = (await response.json()) as { message: string; detail: string; errinfo: object }
    assert.equal(response.status, status, `${body.slice(0, 40)}: ${said.message}`)
    assert.match(said.message, /^Cannot /)
    assert.deepEqual([said.detail, said.errinfo], [said.message, {}])
  }
  for (const body of hostileBodies) await send(body)
  await send(JSON.stringify({ name: 'large', full_description: 'x'.repeat(1024 * 1024) }), { status: 413 })
  for (const type of ['text/plain', 'application/x-www-form-urlencoded'])
    await send('{"name":"typed"}', { status: 415, type })
  assert.equal((await getPage(repositories)).count, names.length)
})

test('what was sent in the wrong form is named, not quoted: it may be a password', async () => {
  for (const [path, body, words] of [
    ['/v2/auth/token', { identifier: 'ann', secret: 90125 }, 'secret: it must be string'],
    ['/v2/auth/token', { identifier: 'ann' }, 'secret: it is missing'],
    ['/v2/users/login', { username: ['ann'], password: passwordOf('ann') }, 'username: it must be string'],
    [
      '/v2/access-tokens',
      { token_label: 'x', scopes: ['repo:read'], expires_at: '90125' },
      'expires_at: Invalid timestamp',
    ],
  ] as const) {
    const { status, text, body: said } = await hub.call('POST', path, { session: ann, body })
    assert.deepEqual([status, said['message']], [400, `Cannot read request body: ${words}`])
    assert.ok(!text.includes('90125'))
  }
})
