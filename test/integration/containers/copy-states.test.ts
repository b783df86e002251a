import assert from 'node:assert/strict'
import { once } from 'node:events'
import { lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import type { TarMember } from '@berth/layer'
import { eventually } from '@berth/stdx/testsuite'
import { engineSuite } from '../../fixtures/engine-suite.ts'
import { busyboxUser, symlinkTo } from '../../fixtures/images.ts'
import { askArchive, pack, unpack, type ArchiveQuery } from './archive-request.ts'

const suite = engineSuite({
  bridge: 'none',
  image: {
    layers: [
      {
        '/data/': {},
        '/data/file': 'content',
        '/data/sub/': {},
        '/data/sub/inner': 'inner',
        '/data/link': symlinkTo('file'),
        '/data/up': symlinkTo('../../../../../data/sub'),
        '/data/broken': symlinkTo('deep/../nothing'),
      },
    ],
  },
})
const { docker } = suite

let directory: string
before(async () => void (directory = await mkdtemp(join(tmpdir(), 'berth-states-'))))
after(() => rm(directory, { recursive: true, force: true }))

const head = (container: string, path: string) =>
  askArchive(suite.engine, 'HEAD', { container, query: { path } })
const get = (container: string, path: string) =>
  askArchive(suite.engine, 'GET', { container, query: { path } })
const put = async (container: string, query: ArchiveQuery, members: readonly TarMember[]) =>
  askArchive(suite.engine, 'PUT', { container, query, body: await pack(members) })

const create = (name: string, ...options: string[]) =>
  docker('create', '--name', name, '--network', 'none', ...options, 'busybox', 'sleep', '1000')
const mountsOfRoots = () =>
  readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .filter((line) => line.includes(`${suite.engine.execRoot}/rootfs/`))

test('files go in and out whatever the state of the container, and nothing stays mounted of one that stands still', async () => {
  const states: [name: string, ...verbs: string[]][] = [
    ['created'],
    ['running', 'start'],
    ['paused', 'start', 'pause'],
    ['exited', 'start', 'kill'],
  ]
  for (const [name, ...verbs] of states) {
    await create(name)
    for (const verb of verbs) await docker(verb, name)
    assert.equal((await put(name, { path: '/data/sub' }, [{ name: 'new', body: name }])).status, 200)
    assert.deepEqual(await unpack((await get(name, '/data/sub')).bytes), {
      'sub/': 'directory',
      'sub/inner': 'inner',
      'sub/new': name,
    })
    assert.equal((await head(name, '/data/sub/new')).stat?.size, name.length)
    const isMounted = mountsOfRoots().length > 0
    assert.equal(isMounted, name === 'running' || name === 'paused')
    await docker('rm', '-f', name)
  }
})

test('HEAD tells of files as Go does, and where links lead', async () => {
  await create('told')
  const expected: [path: string, name: string, type: number, linkTarget: string][] = [
    ['/', '/', 0x8000_0000, ''],
    ['data', 'data', 0x8000_0000, ''],
    ['/data/.', '.', 0x8000_0000, ''],
    ['/data/file', 'file', 0, ''],
    ['/data/link', 'link', 0x0800_0000, '/data/file'],
    ['/data/up', 'up', 0x0800_0000, '/data/sub'],
    ['/data/up/', 'up', 0x8000_0000, ''],
    ['/data/broken', 'broken', 0x0800_0000, '/data/nothing'],
    ['/../data/x/../file', 'file', 0, ''],
  ]
  for (const [path, name, type, linkTarget] of expected) {
    const { status, stat } = await head('told', path)
    assert.equal(status, 200, path)
    assert.ok(stat)
    assert.deepEqual(
      [stat.name, stat.mode - (stat.mode % 0x10_0000), stat.linkTarget],
      [name, type, linkTarget],
    )
    assert.match(stat.mtime, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d*[1-9])?Z$/)
  }
  await docker('rm', 'told')
})

test("what is wrong with a request is told by status and in Docker's words", async () => {
  await create('wrong')
  const file = [{ name: 'x', body: 'x' }]
  const missing = 'Could not find the file /absent in container wrong'
  assert.deepEqual(await refusal(get('wrong', '/absent')), [404, missing])
  assert.deepEqual(await refusal(put('wrong', { path: '/absent' }, file)), [404, missing])
  assert.deepEqual(await refusal(get('nosuch', '/x')), [404, 'No such container: nosuch'])
  assert.deepEqual(await refusal(get('wrong', '')), [400, 'bad parameter: path cannot be empty'])
  assert.deepEqual(await refusal(put('wrong', {}, file)), [400, 'bad parameter: path cannot be empty'])
  assert.deepEqual(await refusal(get('wrong', 'a\0b')), [400, 'bad parameter: path cannot hold a zero byte'])
  assert.deepEqual(await refusal(get('wrong', '/data/file/')), [500, 'lstat /data/file/: not a directory'])
  assert.deepEqual(await refusal(put('wrong', { path: '/data/file' }, file)), [
    400,
    'extraction point is not a directory',
  ])
  const kind = [{ name: 'sub', body: 'x' }]
  assert.deepEqual(await refusal(put('wrong', { path: '/data', noOverwriteDirNonDir: '1' }, kind)), [
    400,
    'cannot overwrite directory "/data/sub" with non-directory "/data"',
  ])
  assert.deepEqual(await refusal(put('wrong', { path: '/data' }, [{ name: '../x' }])), [
    400,
    '"../x" is outside of "/data"',
  ])
  const long = await refusal(get('wrong', `/${'x'.repeat(300)}`))
  assert.deepEqual(long, [500, `lstat /${'x'.repeat(300)}: name too long`])
  for (const path of ['/absent', '/data/file/', '']) assert.notEqual((await head('wrong', path)).status, 200)
  await docker('rm', 'wrong')
})

const refusal = async (answer: ReturnType<typeof get>) => {
  const { status, message } = await answer
  return [status, message]
}

test('an archive that is broken is refused, and what it would have replaced is there', async () => {
  await create('broken')
  const whole = await pack([{ name: 'file', body: 'y'.repeat(4000) }])
  const bodies: [body: Uint8Array, message: RegExp][] = [
    [whole.subarray(0, 2000), /unexpected end/],
    [gzipSync(whole).subarray(0, 60), /gzip/],
    [Buffer.from('not an archive'.repeat(100)), /Cannot read tar/],
  ]
  for (const [body, message] of bodies) {
    const query = { path: '/data' }
    const answer = await askArchive(suite.engine, 'PUT', { container: 'broken', query, body })
    assert.ok(answer.status >= 400)
    assert.match(answer.message, message)
  }
  assert.deepEqual(await unpack((await get('broken', '/data/file')).bytes), { file: 'content' })
  for (const compress of [gzipSync, zstdCompressSync]) {
    const query = { path: '/data' }
    const answer = await askArchive(suite.engine, 'PUT', {
      container: 'broken',
      query,
      body: compress(whole),
    })
    assert.equal(answer.status, 200, answer.message)
  }
  assert.deepEqual(await unpack((await get('broken', '/data/file')).bytes), { file: 'y'.repeat(4000) })
  await docker('rm', 'broken')
})

test('folders of the host are there, read-only ones are refused, and mount points are made as a start makes them', async () => {
  const host = join(directory, 'host')
  mkdirSync(join(host, 'sub'), { recursive: true })
  writeFileSync(join(host, 'one'), 'of the host')
  const binds = ['-v', `${host}:/mnt/deep`, '-v', `${host}/sub:/ro:ro`, '-v', `${host}/one:/data/one`]
  await create('binds', ...binds, '--tmpfs', '/tm')
  await create('readonly', '--read-only', '-v', `${host}:/mnt`, '--tmpfs', '/tm')
  const file = [{ name: 'new', body: 'x' }]
  for (const isRunning of [false, true]) {
    if (isRunning) await docker('start', 'binds', 'readonly')
    assert.deepEqual(await unpack((await get('binds', '/mnt')).bytes), {
      'mnt/': 'directory',
      'mnt/deep/': 'directory',
      'mnt/deep/one': 'of the host',
      'mnt/deep/sub/': 'directory',
    })
    assert.deepEqual(await unpack((await get('binds', '/data/one')).bytes), { one: 'of the host' })
    assert.equal((await put('binds', { path: '/mnt/deep/sub' }, file)).status, 200)
    assert.equal(readFileSync(join(host, 'sub/new'), 'utf8'), 'x')
    rmSync(join(host, 'sub/new'))
    assert.deepEqual(await refusal(put('binds', { path: '/ro' }, file)), [
      403,
      'mounted volume is marked read-only',
    ])
    const readOnlyRoot = [403, 'container rootfs is marked read-only']
    assert.deepEqual(await refusal(put('readonly', { path: '/data' }, file)), readOnlyRoot)
    assert.equal((await put('readonly', { path: '/mnt' }, file)).status, 200)
    rmSync(join(host, 'new'))
    const through = [
      { name: 'link', ...symlinkTo('/ro') },
      { name: 'link/new', body: 'x' },
    ]
    assert.equal((await put('binds', { path: '/tmp' }, through)).status, 403)
    assert.deepEqual(await refusal(put('binds', { path: '/data' }, [{ name: 'one', body: 'x' }])), [
      409,
      'Cannot unpack "one": a mount is in its way',
    ])
  }
  assert.deepEqual(readdirSync(host), ['one', 'sub'])
  assert.equal((await put('binds', { path: '/tm' }, file)).status, 200)
  assert.equal((await put('readonly', { path: '/tm' }, file)).status, 200)
  assert.equal(await docker('exec', 'binds', 'cat', '/tm/new'), 'x')
  assert.equal((await get('binds', '/proc/version')).status, 404)
  const root = await unpack((await get('binds', '/')).bytes)
  assert.deepEqual(
    [root['/tm/new'], root['/mnt/deep/one'], root['/etc/hostname'], root['/proc/']],
    [
      'x',
      'of the host',
      `${(await docker('inspect', '-f', '{{.Config.Hostname}}', 'binds')).trim()}\n`,
      'directory',
    ],
  )
  assert.deepEqual(
    Object.keys(root).filter((name) => /^\/(proc|sys|dev)\/./.test(name)),
    [],
  )
  await docker('rm', '-f', 'binds', 'readonly')
})

test("-a gives what is copied in to the container's user", async () => {
  await create('users', '--user', busyboxUser.name)
  const file = [{ name: 'f', body: 'x', uid: 7, gid: 8 }]
  const ownerOf = async (path: string) => {
    const { bytes } = await get('users', path)
    return [bytes.toString('latin1', 108, 115), bytes.toString('latin1', 116, 123)].map((text) =>
      Number.parseInt(text, 8),
    )
  }
  assert.equal((await put('users', { path: '/data' }, file)).status, 200)
  assert.deepEqual(await ownerOf('/data/f'), [7, 8])
  assert.equal((await put('users', { path: '/data', copyUIDGID: 'true' }, file)).status, 200)
  assert.deepEqual(await ownerOf('/data/f'), [busyboxUser.uid, busyboxUser.gid])
  await docker('rm', 'users')
  await create('stranger', '--user', 'nosuch')
  const answer = await put('stranger', { path: '/data', copyUIDGID: '1' }, file)
  assert.deepEqual(
    [answer.status, answer.message],
    [400, 'unable to find user nosuch: no matching entries in passwd file'],
  )
  await docker('rm', 'stranger')
})

test('copies are events, and changes of the container', async () => {
  const since = String(Date.now() / 1000)
  await create('told-of')
  await head('told-of', '/data')
  await get('told-of', '/data/file')
  await put('told-of', { path: '/data' }, [
    { name: 'new', body: 'x' },
    { name: 'file', body: 'y' },
  ])
  await get('told-of', '/absent')
  const until = String(Date.now() / 1000 + 0.01)
  const filter = ['--filter', 'container=told-of', '--format', '{{.Action}} {{.Actor.Attributes.name}}']
  const events = await docker('events', '--since', since, '--until', until, ...filter)
  assert.deepEqual(events.split('\n'), ['create told-of', 'archive-path told-of', 'extract-to-dir told-of'])
  assert.deepEqual((await docker('diff', 'told-of')).split('\n'), ['C /data', 'C /data/file', 'A /data/new'])
  await docker('rm', 'told-of')
})

test('a process that has changed its root hides nothing of the container', async () => {
  await docker(
    'run',
    '-d',
    '--name',
    'chroot',
    '--network',
    'none',
    'busybox',
    'sh',
    '-c',
    'mkdir -p /jail/bin && cp /bin/busybox /jail/bin && exec chroot /jail /bin/busybox sleep 1000',
  )
  await eventually(async () => assert.match(await docker('top', 'chroot'), /busybox sleep/))
  assert.deepEqual(await unpack((await get('chroot', '/data/file')).bytes), { file: 'content' })
  await docker('rm', '-f', 'chroot')
})

test('a client that leaves in the middle lets go of the container', async () => {
  await create('left')
  await put('left', { path: '/data' }, [{ name: 'large', body: Buffer.alloc(40_000_000) }])
  const asked = request({
    socketPath: suite.engine.host.slice('unix://'.length),
    path: '/containers/left/archive?path=/data',
  })
  asked.end()
  const [response] = await once(asked, 'response')
  await once(response, 'readable')
  response.destroy()
  await docker('start', 'left')
  await docker('rm', '-f', 'left')
  assert.deepEqual(mountsOfRoots(), [])
})

test('F28: clients that leave copies leave no descriptor open', async () => {
  await docker('run', '-d', '--name', 'leavers', '--network', 'none', 'busybox', 'sleep', '1000')
  await create('left-alone')
  const body = await pack([{ name: 'large', body: Buffer.alloc(20_000_000) }])
  for (const container of ['leavers', 'left-alone'])
    await askArchive(suite.engine, 'PUT', { container, query: { path: '/data' }, body })
  const leave = async (method: string, container: string) => {
    const path = `/containers/${container}/archive?path=/data`
    const asked = request({ socketPath: suite.engine.host.slice('unix://'.length), method, path })
    asked.on('error', () => {})
    if (method === 'PUT') asked.write(body.subarray(0, 5_000_000))
    else {
      asked.end()
      await once(asked, 'response').then(([response]) => once(response, 'readable'))
    }
    await sleep(10)
    asked.destroy()
  }
  const descriptors = () => readdirSync(`/proc/${suite.engine.pid}/fd`).length
  await leave('GET', 'leavers')
  await head('left-alone', '/data')
  const before = descriptors()
  for (let round = 0; round < 40; round++)
    await leave(round % 2 === 0 ? 'GET' : 'PUT', round % 4 < 2 ? 'leavers' : 'left-alone')
  await eventually(() =>
    assert.ok(descriptors() <= before, `${before} descriptors before, ${descriptors()} after`),
  )
  assert.deepEqual(await unpack((await get('left-alone', '/data/file')).bytes), { file: 'content' })
  await docker('rm', '-f', 'leavers', 'left-alone')
})

test('a copy from a container that ends meanwhile is whole, its mounts included', async () => {
  const host = join(directory, 'mounted')
  mkdirSync(join(host, 'deep'), { recursive: true })
  for (let index = 0; index < 40; index++) writeFileSync(join(host, `f${index}`), Buffer.alloc(500_000))
  writeFileSync(join(host, 'z'), 'last')
  await create('ending', '-v', `${host}:/mnt`)
  await docker('start', 'ending')
  const asked = request({
    socketPath: suite.engine.host.slice('unix://'.length),
    path: '/containers/ending/archive?path=/mnt',
  })
  asked.end()
  const [response] = await once(asked, 'response')
  await once(response, 'readable')
  await docker('kill', 'ending')
  const bytes = Buffer.concat(await Array.fromAsync<Buffer>(response))
  assert.equal((await unpack(bytes))['mnt/z'], 'last')
  assert.equal(lstatSync(join(host, 'f0')).size, 500_000)
  await docker('rm', 'ending')
})

test('an engine that is killed in the middle of a copy leaves nothing mounted to the next one', async () => {
  const host = join(directory, 'killed')
  mkdirSync(host)
  await create('killed', '-v', `${host}:/mnt`)
  const body = await pack([{ name: 'half', body: Buffer.alloc(1_000_000) }])
  const asked = request({
    socketPath: suite.engine.host.slice('unix://'.length),
    method: 'PUT',
    path: '/containers/killed/archive?path=/mnt',
  })
  asked.on('error', () => {})
  asked.write(body.subarray(0, 500_000))
  await eventually(() => assert.equal(mountsOfRoots().length, 2))
  await suite.engine.kill()
  await suite.engine.start()
  asked.destroy()
  assert.deepEqual(mountsOfRoots(), [])
  await docker('start', 'killed')
  await docker('rm', '-f', 'killed')
})
