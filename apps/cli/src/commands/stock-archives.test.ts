import { after, before, describe, test } from 'node:test'
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, stat, symlink, writeFile, readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SeenRequest } from '../testsuite/fake-engine.ts'
import { startFakeEngine } from '../testsuite/fake-engine.ts'
import { compareWithStock } from '../testsuite/compare-with-stock.ts'
import { runBerth } from '../testsuite/run-berth.ts'
import { withoutStockDocker } from '../testsuite/stock-docker.ts'

const replies = {
  'GET /images/get': ({ url }: SeenRequest) =>
    url.includes('nosuch') ? new Error('No such image: nosuch:latest') : 'an archive',
  'POST /images/load': ({ body }: SeenRequest) =>
    body === 'broken'
      ? '{"errorDetail":{"message":"invalid tar header"},"error":"invalid tar header"}\r\n'
      : '{"stream":"Loaded image: x:latest\\n"}\r\n{"stream":"Loaded image ID: sha256:12\\n"}\r\n',
  'POST /images/create': ({ body }: SeenRequest) =>
    body === 'broken'
      ? '{"errorDetail":{"message":"unexpected EOF"},"error":"unexpected EOF"}\r\n'
      : '{"status":"Importing","progressDetail":{"current":3},"id":"x"}\r\n{"status":"sha256:123"}\r\n',
  'GET /containers/web/export': 'files',
  'POST /commit': { Id: 'sha256:55' },
  'GET /containers/web/changes': [
    { Path: '/a', Kind: 0 },
    { Path: '/b c', Kind: 1 },
    { Path: '/d', Kind: 2 },
  ],
  'GET /containers/new/changes': 'null',
  'POST /images/prune': {
    ImagesDeleted: [{ Untagged: 'a:1' }, { Deleted: 'sha256:1' }],
    SpaceReclaimed: 1_234_567,
  },
  'POST /containers/prune': { ContainersDeleted: null, SpaceReclaimed: 0 },
  'POST /networks/prune': { NetworksDeleted: ['n1', 'n2'] },
  'POST /volumes/prune': { VolumesDeleted: ['v1'], SpaceReclaimed: 5000 },
  'POST /build/prune': { CachesDeleted: ['c1', 'c2'], SpaceReclaimed: 7000 },
}

/** `\x20` is a space within a word; what follows `<` is stdin. */
const same = [
  'save',
  'save x',
  'save x y:1',
  'save nosuch',
  'save --platform linux/arm64/v8 x',
  'save -o /nonexistent/y x',
  'save -o /tmp x',
  'save -o /dev/null x',
  'load',
  'load < an archive',
  'load -q < an archive',
  'load < broken',
  'load -i /nope',
  'load --platform linux/amd64 -q < an archive',
  'load x',
  'import /nope',
  'import - < files',
  'import - x:1 < files',
  'import - < broken',
  'import -c CMD\\x20x -c ENV\\x20a=b -m hi --platform linux/arm64 - img:1 < files',
  'import http://example.com/y.tar img',
  'import - UPPER',
  'import',
  'export web',
  'export nosuch',
  'export -o /nonexistent/x web',
  'export',
  'commit web',
  'commit -a me -m msg -c CMD\\x20x -p=false web img',
  'commit web img:v',
  'commit web localhost:5000/a/b',
  'commit web UPPER',
  `commit web img@sha256:${'0'.repeat(64)}`,
  'commit',
  'diff web',
  'diff new',
  'diff nosuch',
  'image prune',
  'image prune < y',
  'image prune < n',
  'image prune -a < Y',
  'image prune -a < yes',
  'image prune -af --filter until=24h --filter label=x',
  'container prune',
  'container prune < y',
  'container prune -f --filter x',
  'network prune < y',
  'network prune -f --filter label!=x',
  'volume prune < y',
  'volume prune -af',
  'system prune',
  'system prune < y',
  'system prune -af',
  'system prune -f --filter label=x',
  'system prune -a --volumes --filter label=x --filter label=y --filter label!=z < y',
  'system prune -f --volumes --filter until=1h',
]

describe(
  'archives and prunes go as with the stock client',
  { skip: withoutStockDocker, concurrency: 4 },
  () => {
    for (const line of same) {
      test(line, async () => {
        const [command = '', stdin = ''] = line.split(' < ')
        const words = command.split(' ').map((word) => word.replaceAll('\\x20', ' '))
        await compareWithStock({ words, stdin }, replies)
      })
    }

    test('standing filters of config.json join those of the command line', async () => {
      const prepare = (folder: string) =>
        writeFile(join(folder, 'config.json'), JSON.stringify({ pruneFilters: ['until=24h', 'nonsense'] }))
      const words = ['system', 'prune', '-f', '--filter', 'label=x']
      await compareWithStock({ words, prepare }, replies)
    })
  },
)

describe('save -o', () => {
  let folder: string
  before(async () => void (folder = await mkdtemp(join(tmpdir(), 'berth-save-'))))
  after(() => rm(folder, { recursive: true }))

  const save = async (name: string, reply: unknown = 'an archive') => {
    await using engine = await startFakeEngine({ 'GET /images/get': reply })
    return await runBerth(['-H', engine.host, 'save', '-o', name, 'x'], { folder })
  }

  test('makes a file for its owner alone', async () => {
    assert.deepEqual(await save('a.tar'), { status: 0, stdout: '', stderr: '' })
    assert.equal(await readFile(join(folder, 'a.tar'), 'utf8'), 'an archive')
    assert.equal((await stat(join(folder, 'a.tar'))).mode & 0o777, 0o600)
  })

  test('replaces what a link leads to, not the link', async () => {
    await writeFile(join(folder, 'real.tar'), 'old')
    await symlink('real.tar', join(folder, 'link.tar'))
    assert.equal((await save('link.tar')).status, 0)
    assert.equal(await readFile(join(folder, 'real.tar'), 'utf8'), 'an archive')
  })

  test('leaves an old file alone and nothing behind when it fails', async () => {
    await writeFile(join(folder, 'old.tar'), 'old')
    const before = await readdir(folder)
    assert.equal((await save('old.tar', new Error('No such image: x:latest'))).status, 1)
    assert.equal(await readFile(join(folder, 'old.tar'), 'utf8'), 'old')
    assert.deepEqual(await readdir(folder), before)
  })

  test('does not write to a terminal', async () => {
    await using engine = await startFakeEngine({ 'GET /images/get': 'an archive' })
    const { status, stdout, stderr } = await runBerth(['-H', engine.host, 'save', 'x'], { columns: 80 })
    assert.deepEqual([status, stdout], [1, ''])
    assert.match(stderr, /^cowardly refusing to save to a terminal\. Use the -o flag or redirect\n/)
    assert.equal(engine.requests.length, 0)
  })
})
