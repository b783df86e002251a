import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, before, test } from 'node:test'
import { listenOnLoopback } from '@berth/stdx/testsuite'
import { startEngine, type TestEngine } from '../../fixtures/engine.ts'
import { startHub } from '../../fixtures/hub.ts'
import { buildImage, buildIndex } from '../../fixtures/images.ts'

let engine: TestEngine

before(async () => {
  engine = await startEngine({ bridge: 'none' })
})

after(async () => {
  await engine?.[Symbol.asyncDispose]()
})

/** An index of the first registry API, with what it was asked. */
async function startIndex() {
  const asked: URL[] = []
  const results = [
    { name: 'library/app', description: 'official', star_count: 40, is_official: true, is_automated: true },
    { name: 'team/app', description: 'of a team', star_count: 2, is_official: false },
  ]
  const server = createServer((request, response) => {
    asked.push(new URL(request.url ?? '', 'http://index'))
    response.end(JSON.stringify({ num_results: results.length, results }))
  })
  return { ...(await listenOnLoopback(server)), asked }
}

test('docker search finds repositories of a registry, by filters and limit', async () => {
  await using index = await startIndex()
  const search = async (...args: string[]) => {
    const { exitCode, stdout, stderr } = await engine.docker([
      'search',
      '--format',
      '{{.Name}} {{.StarCount}} {{.IsOfficial}}',
      ...args,
    ])
    return exitCode === 0 ? stdout.replace(/\n$/, '').split('\n') : stderr.trimEnd()
  }
  const term = `${index.address}/app`
  const official = 'library/app 40 [OK]'
  const other = 'team/app 2 '
  assert.deepEqual(await search(term), [official, other])
  assert.deepEqual(index.asked[0]?.searchParams.toString(), 'q=app&n=25')
  assert.deepEqual(await search('--limit', '1', term), [official])
  assert.deepEqual(await search('--filter', 'is-official=false', term), [other])
  assert.deepEqual(await search('--filter', 'stars=3', term), [official])
  assert.deepEqual(await search('--filter', 'is-automated=true', term), [official])
  assert.deepEqual(await search('--filter', 'is-automated=false', term), [other])
  assert.match(String(await search('--limit', '101', term)), /limit 101 is outside the range of \[1, 100\]$/)
  assert.match(String(await search('--filter', 'stars=x', term)), /invalid filter 'stars=\[x\]'$/)
  assert.match(
    String(await search('http://a/b')),
    /repository name \("http:\/\/a\/b"\) should not have a scheme$/,
  )
})

test('GET /distribution tells what a registry has, without pulling it', async () => {
  await using hub = await startHub()
  const image = await buildImage({ layers: [{ '/a': 'a' }] })
  const arm = await buildImage({
    platform: { os: 'linux', architecture: 'arm64', variant: 'v8' },
    layers: [],
  })
  const index = buildIndex([image, arm])
  await hub.push(image, 'team/one:v1')
  await hub.push(index, 'team/many:v1')
  const inspect = async (name: string) => await engine.api('GET', `/distribution/${hub.address}/${name}/json`)
  const { platform, ...descriptor } = image.descriptor
  assert.deepEqual(await inspect('team/one:v1'), {
    status: 200,
    body: { Descriptor: descriptor, Platforms: [platform] },
  })
  assert.deepEqual(await inspect('team/many:v1'), {
    status: 200,
    body: { Descriptor: index.descriptor, Platforms: [image.descriptor.platform, arm.descriptor.platform] },
  })
  assert.equal((await inspect('team/none:v1')).status, 404)
  assert.equal((await inspect('UPPER')).status, 400)
})
