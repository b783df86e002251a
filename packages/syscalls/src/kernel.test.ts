import assert from 'node:assert/strict'
import { closeSync, lstatSync, mkdtempSync, openSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { linuxKernel, recordingKernel, resolveFlags } from './index.ts'

const directory = mkdtempSync(join(tmpdir(), 'berth-syscalls-'))
after(() => rmSync(directory, { recursive: true }))

test('openat2() does not leave its root when a link points out of it', () => {
  const root = openSync(directory, 'r')
  linuxKernel.symlinkat('/etc', root, 'out')
  assert.equal(readlinkSync(join(directory, 'out')), '/etc')
  assert.throws(
    () => linuxKernel.openat2(root, 'out/passwd', { flags: 0, resolve: resolveFlags.inRoot }),
    (error: { code?: string; syscall?: string }) => error.code === 'ENOENT' && error.syscall === 'openat2',
  )
  closeSync(root)
})

test('utimesat() keeps nanoseconds and times before 1970', () => {
  const root = openSync(directory, 'r')
  linuxKernel.mkdirat(root, 'old', 0o700)
  const time = { seconds: -5n, nanoseconds: 123456789 }
  linuxKernel.utimesat(root, 'old', { accessed: time, modified: time })
  assert.equal(lstatSync(join(directory, 'old'), { bigint: true }).mtimeNs, -5n * 1_000_000_000n + 123456789n)
  closeSync(root)
})

test('names are bytes', () => {
  const root = openSync(directory, 'r')
  linuxKernel.mkdirat(root, Buffer.from([0x61, 0xff, 0xfe]), 0o700)
  assert.ok(
    lstatSync(Buffer.concat([Buffer.from(`${directory}/a`), Buffer.from([0xff, 0xfe])])).isDirectory(),
  )
  closeSync(root)
})

test('waitForChild() throws ECHILD for a process that is no child', () => {
  assert.throws(() => linuxKernel.waitForChild(1), { code: 'ECHILD' })
})

test('lockFile() refuses a file that another descriptor has locked', () => {
  const path = join(directory, 'lock')
  const first = openSync(path, 'w')
  const second = openSync(path, 'w')
  linuxKernel.lockFile(first)
  assert.throws(() => linuxKernel.lockFile(second), { code: 'EAGAIN' })
  closeSync(first)
  linuxKernel.lockFile(second)
  closeSync(second)
})

test('recordingKernel() records calls and gives the answers it was told', () => {
  const kernel = recordingKernel({ openPidfd: () => 7 })
  assert.equal(kernel.openPidfd(1), 7)
  kernel.unmount('/x', 2)
  assert.deepEqual(kernel.calls, [
    ['openPidfd', 1],
    ['unmount', '/x', 2],
  ])
})
