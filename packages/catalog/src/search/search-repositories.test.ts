import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isCoded } from '@berth/stdx'
import type { SearchQuery } from '../repositories.ts'
import { stranger, type TemporaryCatalog } from '../testsuite/temporary-catalog.ts'
import { testOnBothDatabases } from '../testsuite/test-databases.ts'
import type { Viewer } from '../viewer.ts'

/** What means something to a database, and two letters. */
const syntax = [
  'a',
  'p',
  '"',
  "'",
  '(',
  ')',
  ':',
  '*',
  '&',
  '|',
  '!',
  '<',
  '>',
  '\\',
  ' ',
  '%',
  '_',
  '\0',
  ';',
  '-',
]
const page = { page: 1, size: 25 }

async function searchNames(
  catalog: TemporaryCatalog,
  query: Partial<SearchQuery>,
  viewer: Viewer = stranger,
) {
  const { entries } = await catalog.repositories.search(viewer, { text: '', ...page, ...query })
  return entries.map(({ name }) => name)
}

await testOnBothDatabases('search', (open) => {
  test('search() gives what is called so, then names, then descriptions, official and starred first', async () => {
    await using catalog = await open()
    const ada = await catalog.addAccount('ada')
    const fans = await Promise.all(['bob', 'eve'].map((name) => catalog.addAccount(name)))
    const root = await catalog.addAccount('chief', 'administrator')
    const create = (name: string, description = '') =>
      catalog.repositories.createRepository(name.startsWith('library/') ? root : ada, { name, description })
    await create('ada/described', 'A proxy made of nginx')
    await create('ada/my-nginx')
    await create('ada/nginx-unit')
    await create('ada/nginx')
    await create('library/nginx')
    await create('ada/other', 'Something else')
    for (const fan of fans) await catalog.repositories.setStarred(fan, 'ada/nginx-unit', true)
    const expected = ['library/nginx', 'ada/nginx', 'ada/nginx-unit', 'ada/my-nginx', 'ada/described']
    assert.deepEqual(await searchNames(catalog, { text: 'nginx' }), expected)
    assert.deepEqual(await searchNames(catalog, { text: 'NGÍNX' }), expected)
    assert.deepEqual((await searchNames(catalog, { text: 'ngi' })).toSorted(), expected.toSorted())
    assert.equal((await searchNames(catalog, { text: 'ada/nginx' }))[0], 'ada/nginx')
    assert.deepEqual(await searchNames(catalog, { text: 'proxy nginx' }), ['ada/described'])
    assert.deepEqual(await searchNames(catalog, { text: 'nginx', page: 2, size: 2 }), expected.slice(2, 4))
    assert.deepEqual((await searchNames(catalog, {})).slice(0, 2), ['library/nginx', 'ada/nginx-unit'])
  })

  test('search() filters by marks, stars and category, and sorts by what is allowed', async () => {
    await using catalog = await open()
    const ada = await catalog.addAccount('ada')
    const root = await catalog.addAccount('chief', 'administrator')
    const form = { categories: ['web-servers'], source: 'https://git.test/x' }
    await catalog.repositories.createRepository(ada, { name: 'ada/built', ...form })
    await catalog.repositories.createRepository(ada, { name: 'ada/plain' })
    await catalog.repositories.createRepository(root, { name: 'library/plain' })
    await catalog.repositories.setStarred(ada, 'ada/plain', true)
    assert.deepEqual(await searchNames(catalog, { isOfficial: true }), ['library/plain'])
    assert.deepEqual(await searchNames(catalog, { isAutomated: true }), ['ada/built'])
    assert.deepEqual(await searchNames(catalog, { isOfficial: false }), ['ada/plain', 'ada/built'])
    assert.deepEqual(await searchNames(catalog, { category: 'web-servers' }), ['ada/built'])
    assert.deepEqual(await searchNames(catalog, { stars: 1 }), ['ada/plain'])
    assert.deepEqual(await searchNames(catalog, { stars: 2 }), [])
    assert.equal((await searchNames(catalog, { text: 'ada', ordering: '-star_count' }))[0], 'ada/plain')
    await catalog.repositories.updateRepository(ada, 'ada/built', { description: 'renewed', source: null })
    assert.deepEqual(await searchNames(catalog, { isAutomated: true }), [])
    assert.deepEqual(await searchNames(catalog, { text: 'renewed' }), ['ada/built'])
    const refused = [
      { ordering: 'password_hash' },
      { ordering: 'star_count; DROP TABLE hub_accounts' },
      { ordering: 'constructor' },
      { category: 'x" OR "y' },
      { stars: Number.NaN },
      { stars: '1 OR 1=1' },
      { page: 0 },
      { size: 101 },
      { size: 1e9 },
    ]
    for (const query of refused as Partial<SearchQuery>[])
      await assert.rejects(searchNames(catalog, query), (error) => isCoded(error, 'invalid-argument'))
  })

  test('search() finds words by any beginning of two letters or more, and long ones by the whole of it', async () => {
    await using catalog = await open()
    const ada = await catalog.addAccount('ada')
    const description = 'Internationalization with 漢字 and a c compiler'
    await catalog.repositories.createRepository(ada, { name: 'ada/containerdispatcher', description })
    const word = 'internationalization'
    const found = [word, word.slice(0, 12), word.slice(0, 13), 'in', '漢字', 'c', 'containerdispatch']
    for (const text of found)
      assert.deepEqual(await searchNames(catalog, { text }), ['ada/containerdispatcher'], text)
    for (const text of ['internationalisation', 'i', 'containerdispose', '漢', '字', 'co d', `${word}s`])
      assert.deepEqual(await searchNames(catalog, { text }), [], text)
    assert.equal((await catalog.repositories.search(stranger, { text: 'co', page: 3, size: 1 })).count, 1)
  })

  test('search() gives those with as many stars as asked for, of both sides of a mark', async () => {
    await using catalog = await open()
    const ada = await catalog.addAccount('ada')
    const fans = await Promise.all(
      Array.from({ length: 11 }, (_, index) => catalog.addAccount(`fan${index}`)),
    )
    for (const [name, stars] of Object.entries({ nine: 9, ten: 10, eleven: 11 })) {
      await catalog.repositories.createRepository(ada, { name: `ada/${name}` })
      for (const fan of fans.slice(0, stars)) await catalog.repositories.setStarred(fan, `ada/${name}`, true)
    }
    assert.deepEqual(await searchNames(catalog, { stars: 9 }), ['ada/eleven', 'ada/ten', 'ada/nine'])
    assert.deepEqual(await searchNames(catalog, { stars: 10 }), ['ada/eleven', 'ada/ten'])
    assert.deepEqual(await searchNames(catalog, { stars: 11 }), ['ada/eleven'])
    for (const fan of fans.slice(0, 2)) await catalog.repositories.setStarred(fan, 'ada/eleven', false)
    assert.deepEqual(await searchNames(catalog, { stars: 10 }), ['ada/ten'])
  })

  test('search() finds private ones for who may read them, in their place', async () => {
    await using catalog = await open()
    const [ada, bob] = [await catalog.addAccount('ada'), await catalog.addAccount('bob')]
    await catalog.repositories.createRepository(ada, { name: 'ada/tool', isPrivate: true })
    await catalog.repositories.createRepository(bob, { name: 'bob/toolbox' })
    const query = { text: 'tool' }
    assert.deepEqual(await searchNames(catalog, query, bob), ['bob/toolbox'])
    assert.deepEqual(await searchNames(catalog, query, ada), ['ada/tool', 'bob/toolbox'])
    await catalog.repositories.setCollaborator(ada, 'ada/tool', { account: 'bob', permission: 'read' })
    assert.deepEqual(await searchNames(catalog, query, bob), ['ada/tool', 'bob/toolbox'])
    const limited = await catalog.withToken(bob, 'repo:public_read')
    assert.deepEqual(await searchNames(catalog, query, limited), ['bob/toolbox'])
    assert.equal((await catalog.repositories.search(stranger, { ...query, ...page })).count, 1)
    await catalog.repositories.setPrivate(bob, 'bob/toolbox', true)
    assert.deepEqual(await searchNames(catalog, query), [])
    await catalog.repositories.setPrivate(bob, 'bob/toolbox', false)
    assert.deepEqual(await searchNames(catalog, query), ['bob/toolbox'])
  })

  test('search() takes any text as words and never as syntax', async () => {
    await using catalog = await open()
    const ada = await catalog.addAccount('ada')
    await catalog.repositories.createRepository(ada, { name: 'ada/app', description: 'words and more' })
    const hostile = [
      '"',
      "'",
      'a" OR "b',
      "a' | 'b",
      'app*',
      'NEAR(a b)',
      'names:app',
      '\0',
      '%',
      '_',
      '\\',
      '!app',
    ]
    const long = 'app '.repeat(2600)
    for (const text of [...hostile, long, 'a'.repeat(10_000), '👩‍👩‍👧', '\ud800'])
      await catalog.repositories.search(ada, { text, ...page })
    assert.equal((await catalog.repositories.search(ada, { text: long, ...page })).count, 1)
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 60 }),
          fc.string({ unit: fc.constantFrom(...syntax) }),
        ),
        async (text) => {
          const { count, entries } = await catalog.repositories.search(ada, { text, ...page })
          assert.ok(count <= 1 && entries.length <= 1)
        },
      ),
      { numRuns: 150 },
    )
  })

  test('a description cannot pretend to be a mark', async () => {
    await using catalog = await open()
    const ada = await catalog.addAccount('ada')
    await catalog.repositories.createRepository(ada, {
      name: 'ada/official',
      description: 'official automated m.official stars1000',
    })
    assert.deepEqual(await searchNames(catalog, { isOfficial: true }), [])
    assert.deepEqual(await searchNames(catalog, { stars: 1 }), [])
  })
})
