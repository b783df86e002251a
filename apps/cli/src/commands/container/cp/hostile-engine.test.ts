import { formatPathStat } from '@berth/api'
import { packTar, type TarMember } from '@berth/layer'
import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { runBerth, type Outcome } from '../../../testsuite/run-berth.ts'

let directory: string
let inside: string
let outside: string

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'berth-hostile-'))
  inside = join(directory, 'inside')
  outside = join(directory, 'outside')
  await mkdir(outside)
  await writeFile(join(outside, 'file'), 'untouched')
})
after(() => rm(directory, { recursive: true, force: true }))

/** `berth cp` of `/x` from an engine that answers with these members. */
async function copyOut(members: readonly TarMember[]): Promise<Outcome> {
  await rm(inside, { recursive: true, force: true })
  await mkdir(inside)
  const stat = formatPathStat({
    name: 'x',
    size: 0,
    mode: 0x8000_01ed,
    mtime: '2026-01-01T00:00:00Z',
    linkTarget: '',
  })
  const archive = Buffer.concat(await Array.fromAsync(packTar(members)))
  const server = createServer((request, response) => {
    response.setHeader('Api-Version', '1.50')
    if (request.url?.includes('/archive')) response.setHeader('X-Docker-Container-Path-Stat', stat)
    response.end(request.url?.includes('/archive') ? archive : 'OK')
  })
  const socket = join(directory, 'engine.sock')
  await new Promise<void>((resolve) => void server.listen(socket, resolve))
  try {
    return await runBerth(['-H', `unix://${socket}`, 'cp', 'c:/x', '.'], { folder: inside })
  } finally {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
}

test('CVE-2018-1002100, CVE-2019-1002101: an engine writes nothing but what was asked for, where it was to go', async () => {
  const whole: TarMember = { name: 'x/', type: 'directory' }
  const link: TarMember = { name: 'x/l', type: 'symlink', linkName: outside }
  const hostile: [members: TarMember[], message: RegExp][] = [
    [[{ name: 'y', body: 'z' }], /^Cannot unpack "y": it was not asked for$/m],
    [[{ name: '../outside/file', body: 'z' }], /was not asked for/],
    [[{ name: `${outside}/file`, body: 'z' }], /was not asked for/],
    [[whole, { name: 'x/../../outside/file', body: 'z' }], /was not asked for/],
    [[whole, { name: 'x/../y', body: 'z' }], /was not asked for/],
    [[whole, link, { name: 'x/l/file', body: 'z' }], /too many symbolic links/],
    [[whole, link, { name: 'x/l/', type: 'directory', mode: 0o777 }], /cannot overwrite non-directory/],
    [[whole, { name: 'x/h', type: 'link', linkName: '../outside/file' }], /was not asked for/],
    [[whole, link, { name: 'x/h', type: 'link', linkName: 'x/l/file' }], /too many symbolic links/],
  ]
  for (const [members, message] of hostile) {
    const { status, stderr } = await copyOut(members)
    assert.equal(status, 1)
    assert.match(stderr, message)
    assert.deepEqual(await readdir(outside), ['file'])
    assert.equal(await readFile(join(outside, 'file'), 'utf8'), 'untouched')
    assert.deepEqual(
      (await readdir(inside)).filter((name) => name !== 'x'),
      [],
    )
  }
  assert.equal((await copyOut([whole, link, { name: 'x/f', body: 'z' }])).status, 0)
  assert.deepEqual(await readdir(join(inside, 'x')), ['f', 'l'])
})
