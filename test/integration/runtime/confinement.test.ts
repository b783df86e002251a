import assert from 'node:assert/strict'
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, afterEach, before, test } from 'node:test'
import { checkRootfs } from '@berth/runtime'
import { MonitorFixture } from './monitor-fixture.ts'

let fixture: MonitorFixture
before(async () => {
  fixture = await MonitorFixture.create()
})
afterEach(() => fixture.clear())
after(() => fixture[Symbol.asyncDispose]())

const status = ['cat', '/proc/self/status']
const field = (text: string, name: string) => new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(text)?.[1]

test('a container has the capabilities and the system call filter that Docker gives', async () => {
  const { stdout } = await fixture.run({ args: status })
  assert.equal(field(stdout, 'CapEff'), '00000000a80425fb')
  assert.equal(field(stdout, 'CapInh'), '0000000000000000')
  assert.equal(field(stdout, 'Seccomp'), '2')
})

test('another user than root has no capabilities', async () => {
  const { stdout } = await fixture.run({ args: status, user: '1000' })
  assert.equal(field(stdout, 'CapEff'), '0000000000000000')
  assert.equal(field(stdout, 'CapBnd'), '00000000a80425fb')
  assert.equal(field(stdout, 'Groups')?.trim(), '1000 2000')
})

test('a privileged container has what the engine has', async () => {
  const { stdout, exit } = await fixture.run({ args: status, spec: { security: { isPrivileged: true } } })
  assert.equal(exit.exitCode, 0)
  assert.equal(field(stdout, 'Seccomp'), '0')
  assert.equal(field(stdout, 'CapEff'), field(stdout, 'CapBnd'))
})

test('kernel files are hidden or read-only', async () => {
  const script =
    'cat /proc/kcore /proc/keys /proc/interrupts; ls -A /sys/firmware /proc/acpi; echo 1 > /proc/sys/kernel/panic; echo 1 > /sys/x'
  const { stdout, stderr } = await fixture.run({ args: ['sh', '-c', script] })
  assert.equal(stdout.replaceAll(/^(\/.*:)?\n/gm, ''), '')
  assert.equal(stderr.match(/Read-only file system/g)?.length, 2)
})

test('mounts, a read-only root, limits of files and the name are as asked for', async () => {
  const source = join(fixture.directory, 'source')
  await mkdir(source)
  await writeFile(join(source, 'file'), 'content')
  const script =
    'cat /data/file; touch /data/x || echo fixed; touch /x || echo fixed; touch /scratch/x && echo free; ulimit -n; cat /proc/sys/kernel/hostname'
  const { stdout } = await fixture.run({
    args: ['sh', '-c', script],
    spec: {
      rootfs: { path: fixture.rootfs, isReadonly: true },
      hostname: 'named',
      mounts: [
        { type: 'bind', source, destination: '/data', isReadonly: true },
        { type: 'tmpfs', destination: '/scratch', tmpfsOptions: ['size=1m'] },
      ],
    },
  })
  assert.equal(stdout.replace(/\n\d+\n/, '\n'), 'contentfixed\nfixed\nfree\nnamed\n')
})

test('descriptors of the monitor do not reach a container', async () => {
  for (let number = 3; number < 12; number++) {
    const request = fixture.request({ args: ['true'] })
    const process = { ...request.spec.process, cwd: `/proc/self/fd/${number}` }
    await assert.rejects(fixture.monitor.start({ ...request, spec: { ...request.spec, process } }))
  }
})

test('checkRootfs() refuses links where kernel file systems are mounted', async () => {
  checkRootfs(fixture.rootfs)
  const rootfs = join(fixture.directory, 'linked')
  await mkdir(rootfs)
  for (const name of ['proc', 'sys', 'dev']) {
    await symlink('/tmp', join(rootfs, name))
    assert.throws(() => checkRootfs(rootfs), { code: 'invalid-argument' })
    await rm(join(rootfs, name))
  }
})
