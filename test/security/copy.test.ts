import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import type { TarMember } from '@berth/layer'
import { eventually } from '@berth/stdx/testsuite'
import { linuxKernel } from '@berth/syscalls'
import { engineSuite } from '../fixtures/engine-suite.ts'
import { runProgram } from '../fixtures/program.ts'
import { busyboxUser } from '../fixtures/images.ts'
import { askArchive, pack } from '../integration/containers/archive-request.ts'
import { makeHostTarget, raceCopies, type HostTarget } from './copy-races.ts'
import { swapping } from './swapping.ts'

/** Programs and libraries of an image that an engine could be led to run or load. */
const decompressors = ['xz', 'unxz', 'gzip', 'unpigz', 'bzip2', 'zstd', 'tar']
const libraries = ['libnss_files.so.2', 'libnss_dns.so.2', 'libc.so.6']
const hostile = Object.fromEntries([
  ...decompressors.map((name) => [`/usr/bin/${name}`, { body: '#!/bin/sh\ntouch /marker\n', mode: 0o755 }]),
  ...libraries.map((name) => [`/lib/x86_64-linux-gnu/${name}`, { body: 'not a library', mode: 0o755 }]),
])

const programs = await mkdtemp(join(tmpdir(), 'berth-copies-'))
const marker = join(programs, 'marker')
const suite = engineSuite({
  bridge: 'none',
  image: { layers: [hostile] },
  env: { PATH: `${programs}:${process.env['PATH'] ?? ''}` },
})
const { docker } = suite

let target: HostTarget
before(async () => {
  target = makeHostTarget(programs)
  for (const name of decompressors) {
    await writeFile(join(programs, name), `#!/bin/sh\necho ${name} >> ${marker}\nexit 1\n`)
    await chmod(join(programs, name), 0o755)
  }
})
after(async () => {
  await rm(programs, { recursive: true, force: true })
})

const put = async (container: string, path: string, members: readonly TarMember[]) =>
  askArchive(suite.engine, 'PUT', { container, query: { path }, body: await pack(members) })

test('CVE-2018-15664, CVE-2019-18466: a path whose links change while it is copied leads to nothing of the host', async () => {
  await raceCopies(suite.engine, { target, rounds: 300, container: 'race' })
  await docker('rm', '-f', 'race')
})

test("CVE-2021-41089, CVE-2021-32760: what sets modes and owners follows no link that took a directory's place", async () => {
  await docker('create', '--name', 'modes', '--network', 'none', 'busybox')
  const link = { type: 'symlink', linkName: target.path } as const
  const loose = { mode: 0o777, uid: 1000, gid: 1000 }
  const archives: TarMember[][] = [
    [
      { name: 'd/', type: 'directory', ...loose },
      { name: 'd', ...link },
    ],
    [
      { name: 'd', ...link },
      { name: 'd/', type: 'directory', ...loose },
    ],
    [
      { name: 'd', ...link },
      { name: 'd/file', ...loose },
      { name: 'd/', type: 'directory', ...loose },
    ],
    [
      { name: 'l', type: 'symlink', linkName: `${target.path}/file` },
      { name: 'l', body: 'x', ...loose },
    ],
    [
      { name: 'l', type: 'symlink', linkName: `${target.path}/file`, ...loose },
      { name: 'h', type: 'link', linkName: 'l', ...loose },
    ],
  ]
  for (const members of archives) {
    await put('modes', '/tmp', members)
    target.verify()
  }
  await docker('rm', 'modes')
})

test('CVE-2021-41089: nor does it while a directory and a link change places', async () => {
  const id = await docker(
    'run',
    '-d',
    '--name',
    'flips',
    '--network',
    'none',
    'busybox',
    'sh',
    '-c',
    `mkdir -p /race/d && ln -s ${target.path} /race/l && sleep 1000`,
  )
  const root = join(suite.engine.execRoot, 'rootfs', id, 'race')
  await eventually(() => assert.equal(readdirSync(root).length, 2))
  {
    await using race = await swapping(root, ['d', 'l'])
    const members = Array.from({ length: 40 }, (): TarMember[] => [
      { name: 'd/', type: 'directory', mode: 0o777, uid: 1000, gid: 1000 },
      { name: 'd/file', body: 'x', mode: 0o777, uid: 1000 },
    ])
    const body = await pack(members.flat())
    const query = { path: '/race', noOverwriteDirNonDir: '1' }
    let merged = 0
    for (let round = 0; round < 200; round++) {
      const { status, message } = await askArchive(suite.engine, 'PUT', { container: 'flips', query, body })
      if (status === 200 || message.includes('d/file')) merged++
    }
    assert.ok(race.swaps > 100 && merged > 0, `${race.swaps} swaps, ${merged} of 200 came past the directory`)
  }
  target.verify()
  await docker('rm', '-f', 'flips')
})

test('CVE-2019-14271: nothing of a container is loaded or run, and nothing enters it', async () => {
  await docker(
    'run',
    '-d',
    '--name',
    'libraries',
    '--network',
    'none',
    '--user',
    busyboxUser.name,
    'busybox',
    'sleep',
    '1000',
  )
  const log = join(programs, 'strace.log')
  const calls = 'trace=open,openat,openat2,execve,execveat,chroot,pivot_root,setns,unshare,mmap'
  const strace = spawn('strace', ['-f', '-e', calls, '-o', log, '-p', String(suite.engine.pid)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  await once(strace.stderr, 'data')
  const options = { container: 'libraries', query: { path: '/tmp', copyUIDGID: 'true' } }
  const answer = await askArchive(suite.engine, 'PUT', {
    ...options,
    body: await pack([{ name: 'traced', body: 'x' }]),
  })
  const whole = await askArchive(suite.engine, 'GET', { container: 'libraries', query: { path: '/' } })
  strace.kill('SIGINT')
  await once(strace, 'exit')
  assert.deepEqual([answer.status, whole.status], [200, 200])
  const lines = (await readFile(log, 'utf8')).split('\n')
  assert.ok(lines.some((line) => line.includes('openat2') && line.includes('traced')))
  assert.deepEqual(
    lines.filter((line) => /\b(execve|execveat|chroot|pivot_root|setns|unshare)\(/.test(line)),
    [],
  )
  // The files are read, as any other; none of them is mapped.
  assert.deepEqual(
    lines.filter((line) => /mmap\(.*PROT_EXEC.*, \d+, (0|0x[0-9a-f]+)\) =/.test(line)),
    [],
  )
  await docker('rm', '-f', 'libraries')
})

test("CVE-2026-41567, CVE-2014-9357: no program unpacks what is copied in, neither the image's nor the host's", async () => {
  await docker('run', '-d', '--name', 'programs', '--network', 'none', 'busybox', 'sleep', '1000')
  const archive = await pack([{ name: 'copied', body: 'x' }])
  const path = join(programs, 'archive')
  await writeFile(path, archive)
  const compressed = [gzipSync(archive), zstdCompressSync(archive)]
  for (const program of ['xz', 'bzip2']) {
    const { exitCode, stderr } = await runProgram([`/usr/bin/${program}`, '-kf', path])
    assert.equal(exitCode, 0, stderr)
    compressed.push(await readFile(`${path}.${program === 'xz' ? 'xz' : 'bz2'}`))
  }
  for (const [index, body] of compressed.entries()) {
    const folder = `/tmp/${index}`
    await docker('exec', 'programs', 'mkdir', folder)
    const answer = await askArchive(suite.engine, 'PUT', {
      container: 'programs',
      query: { path: folder },
      body,
    })
    assert.equal(answer.status, 200, answer.message)
    assert.equal(await docker('exec', 'programs', 'cat', `${folder}/copied`), 'x')
  }
  assert.equal(
    (await askArchive(suite.engine, 'HEAD', { container: 'programs', query: { path: '/marker' } })).status,
    404,
  )
  assert.ok(!existsSync(marker))
  await docker('rm', '-f', 'programs')
})

test('CVE-2026-41568, CVE-2026-42306: a mount point that becomes a link is mounted on inside the container, and made there', async () => {
  const share = join(programs, 'share')
  const volume = join(programs, 'volume')
  for (const path of [share, join(share, 'point'), volume]) mkdirSync(path)
  symlinkSync(`../../../../../..${target.path}`, join(share, 'link'))
  symlinkSync(`${target.path}/made`, join(share, 'absent'))
  const binds = ['-v', `${share}:/share`, '-v', `${volume}:/share/point`, '-v', `${volume}:/share/new/deep`]
  await docker('create', '--name', 'mounts', '--network', 'none', ...binds, 'busybox')
  for (const names of [
    ['point', 'link'],
    ['new', 'absent'],
  ] as const) {
    mkdirSync(join(share, 'new'), { recursive: true })
    await using race = await swapping(share, names)
    for (let round = 0; round < 40; round++) {
      const path = ['/share/point', '/share', '/share/new'][round % 3] ?? ''
      await askArchive(suite.engine, round % 2 ? 'GET' : 'HEAD', { container: 'mounts', query: { path } })
      await put('mounts', path, [{ name: 'planted', body: 'x' }])
    }
    assert.ok(race.swaps > 40)
    target.verify()
    const mounts = readFileSync('/proc/self/mountinfo', 'utf8')
      .split('\n')
      .filter((line) => line.includes(programs))
    assert.deepEqual(mounts, [])
  }
  await docker('rm', 'mounts')
})

test('devices, setuid, xattrs: what is copied in speaks to nobody but the container', async () => {
  const run = ['run', '-d', '--name', 'special', '--network', 'none', 'busybox', 'sleep', '1000']
  const root = join(suite.engine.execRoot, 'rootfs', await docker(...run), 'tmp')
  // VFS_CAP_REVISION_2 with cap_net_raw, capability.h.
  const capability = Buffer.from('0100000200200000000000000000000000000000', 'hex').toString('latin1')
  const xattrs = new Map([
    ['trusted.overlay.opaque', 'y'],
    ['user.overlay.whiteout', 'y'],
    ['security.capability', capability],
  ])
  const members: TarMember[] = [
    { name: 'd/', type: 'directory', xattrs: new Map([['trusted.overlay.opaque', 'y']]) },
    { name: 'd/file', body: 'x', mode: 0o4755, xattrs },
    { name: 'd/null', type: 'character-device', major: 1, minor: 3, mode: 0o666 },
  ]
  assert.equal((await put('special', '/tmp', members)).status, 200)
  assert.equal(lstatSync(join(root, 'd/file')).mode & 0o7777, 0o4755)
  assert.deepEqual(linuxKernel.listXattrs(join(root, 'd/file')), ['security.capability'])
  assert.deepEqual(linuxKernel.listXattrs(join(root, 'd')), [])
  const whiteout = await put('special', '/tmp', [{ name: 'w', type: 'character-device', major: 0, minor: 0 }])
  assert.deepEqual([whiteout.status, whiteout.message], [403, 'Cannot unpack "w": operation not permitted'])
  assert.equal(await docker('exec', 'special', 'cat', '/tmp/d/null'), '')
  await docker('rm', '-f', 'special')
})

test('bombs: what expands more than a thousandfold is not copied in', async () => {
  await docker('create', '--name', 'bomb', '--network', 'none', 'busybox')
  const body = zstdCompressSync(await pack([{ name: 'zeros', body: Buffer.alloc(300_000_000) }]))
  const answer = await askArchive(suite.engine, 'PUT', { container: 'bomb', query: { path: '/tmp' }, body })
  assert.equal(answer.status, 400)
  assert.match(answer.message, /more than 1100 times its compressed size/)
  assert.equal(
    (await askArchive(suite.engine, 'HEAD', { container: 'bomb', query: { path: '/tmp/zeros' } })).status,
    404,
  )
  await docker('rm', 'bomb')
})
