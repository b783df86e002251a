import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { checkHost, formatHostChecks, type HostCheck } from './index.ts'

const modern: Record<string, string> = {
  '/proc/sys/kernel/osrelease': '6.12.0-1-amd64\n',
  '/proc/filesystems': 'nodev\ttmpfs\n\text4\nnodev\toverlay\n\terofs\n',
  '/proc/self/mountinfo': '30 24 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n',
  '/sys/fs/cgroup/cgroup.controllers': 'cpuset cpu io memory hugetlb pids\n',
  '/proc/self/status': 'Name:\tnode\nSeccomp:\t0\n',
  '/proc/self/ns/mnt': '',
  '/proc/self/ns/pid': '',
  '/proc/self/ns/net': '',
  '/proc/self/ns/ipc': '',
  '/proc/self/ns/uts': '',
  '/proc/self/ns/user': '',
  '/proc/self/ns/cgroup': '',
  '/usr/sbin/runc': '#!',

  '/opt/bin/nft': '#!',
}
const hybrid = {
  '/proc/self/mountinfo':
    '32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n' +
    '35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n' +
    '40 31 0:37 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,name=systemd\n' +
    '41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n',
  '/proc/cgroups':
    '#subsys_name\thierarchy\tnum_cgroups\tenabled\ncpu\t1\t1\t1\nmemory\t4\t14\t1\nhugetlb\t0\t1\t1\n',
  '/sys/fs/cgroup/unified/cgroup.controllers': 'hugetlb\n',
}

test('checkHost() says ok for everything when the machine is modern', async (t) => {
  const checks = await check(t, modern)
  assert.deepEqual(
    checks.filter(({ status }) => status !== 'ok'),
    [],
  )
  assert.match(detail(checks, 'kernel'), /^Linux 6\.12/)
  assert.match(detail(checks, 'cgroups'), /^v2 \(cpu, cpuset, hugetlb/)
  assert.equal(detail(checks, 'snapshotter'), 'erofs (mounted layers)')
  assert.equal(detail(checks, 'network tools'), '/opt/bin/nft')
})

test('checkHost() finds everything missing when there is nothing', async (t) => {
  const checks = await check(t, {})
  const missing = checks.filter(({ status }) => status === 'missing').map(({ name }) => name)
  assert.deepEqual(missing, ['kernel', 'namespaces', 'cgroups', 'overlay', 'runtime', 'network tools'])
  assert.ok(
    checks.every(({ status, hint }) => status === 'ok' || hint),
    'each problem has a next step',
  )
})

test('checkHost() refuses a kernel older than 3.10', async (t) => {
  const checks = await check(t, { ...modern, '/proc/sys/kernel/osrelease': '2.6.32-754.el6.x86_64\n' })
  assert.deepEqual(find(checks, 'kernel').status, 'missing')
  assert.match(detail(checks, 'kernel'), /2\.6\.32.* is older than 3\.10/)
})

test('checkHost() expects unpacked layers when EROFS cannot mount files', async (t) => {
  const checks = await check(t, { ...modern, '/proc/sys/kernel/osrelease': '6.1.0-18-amd64\n' })
  assert.equal(find(checks, 'erofs').status, 'warning')
  assert.match(
    detail(checks, 'snapshotter'),
    /^overlay .* because Linux 6\.1\.0-18-amd64 is older than 6\.12/,
  )
})

test('checkHost() accepts overlay as a module that is not loaded yet', async (t) => {
  const files = {
    ...modern,
    '/proc/filesystems': '\text4\n',
    '/lib/modules/6.12.0-1-amd64/modules.dep': 'kernel/fs/overlayfs/overlay.ko.xz:\n',
  }
  assert.match(detail(await check(t, files), 'overlay'), /module/)
})

test('checkHost() tells hybrid control groups and lacking controllers', async (t) => {
  const checks = await check(t, { ...modern, ...hybrid })
  assert.equal(find(checks, 'cgroups').status, 'warning')
  assert.equal(detail(checks, 'cgroups'), 'hybrid (cpu, memory); not cpuset, pids')
})

test('checkHost() passes over crun when it would refuse the control groups', async (t) => {
  const { '/usr/sbin/runc': _, ...others } = modern
  const withoutRunc = { ...others, ...hybrid, '/usr/bin/crun': '#!' }
  assert.equal(find(await check(t, withoutRunc), 'runtime').status, 'missing')
  const both = await check(t, { ...withoutRunc, '/usr/bin/runc': '#!' }, { runtimes: ['crun', 'runc'] })
  assert.equal(detail(both, 'runtime'), '/usr/bin/runc')
})

test('checkHost() tells the version of the runtime when it may be asked', async (t) => {
  const checks = await check(t, modern, { versionOf: async () => 'runc version 1.1.5' })
  assert.equal(detail(checks, 'runtime'), '/usr/sbin/runc (runc version 1.1.5)')
})

test('checkHost() tells a socket that is absent, is a file, or accepts', async (t) => {
  const socket = '/run/berth/berth.sock'
  const absent = find(await check(t, modern, { socket }), 'engine socket')
  assert.match(absent.detail, /does not exist/)
  const file = find(await check(t, { ...modern, [socket]: '' }, { socket }), 'engine socket')
  assert.match(file.detail, /is not a socket/)
  const root = await machine(t, { ...modern, '/run/berth/x': '' })
  const server = createServer().listen(join(root, socket))
  t.after(() => server.close())
  const checks = await checkHost({ root, searchPath: '', socket, userName: 'ann' })
  assert.equal(detail(checks, 'engine socket'), `${socket} accepts ann`)
})

test('formatHostChecks() puts each hint below its check when there is one', () => {
  const checks: HostCheck[] = [
    { name: 'kernel', status: 'ok', detail: 'Linux 6.12' },
    { name: 'runtime', status: 'missing', detail: 'none', hint: 'Install runc' },
  ]
  assert.equal(
    formatHostChecks(checks),
    'ok       kernel   Linux 6.12\nMISSING  runtime  none\n                  → Install runc',
  )
})

async function check(
  t: TestContext,
  files: Record<string, string>,
  options: object = {},
): Promise<HostCheck[]> {
  return checkHost({ root: await machine(t, files), searchPath: '/opt/bin:relative', ...options })
}

/** A root directory with these files; programs are executable. */
async function machine(t: TestContext, files: Record<string, string>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'berth-host-'))
  t.after(() => rm(root, { recursive: true }))
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(root, dirname(path)), { recursive: true })
    await writeFile(join(root, path), text)
    if (text === '#!') await chmod(join(root, path), 0o755)
  }
  return root
}

function find(checks: readonly HostCheck[], name: string): HostCheck {
  return checks.find((found) => found.name === name) ?? assert.fail(`no check ${name}`)
}

function detail(checks: readonly HostCheck[], name: string): string {
  return find(checks, name).detail
}
