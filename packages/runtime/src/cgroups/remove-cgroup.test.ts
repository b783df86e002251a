import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { cgroupMounts, removeCgroup } from './remove-cgroup.ts'

test('cgroupMounts() finds the hierarchies of both versions', () => {
  const mountinfo = [
    '29 23 0:26 / /sys/fs/cgroup ro,nosuid - tmpfs tmpfs ro,mode=755',
    '30 29 0:27 / /sys/fs/cgroup/unified rw,nosuid shared:9 - cgroup2 cgroup2 rw',
    '31 29 0:28 / /sys/fs/cgroup/pids rw,nosuid shared:10 - cgroup cgroup rw,pids',
    '',
  ].join('\n')
  assert.deepEqual(cgroupMounts(mountinfo), ['/sys/fs/cgroup/unified', '/sys/fs/cgroup/pids'])
})

test('removeCgroup() removes an empty group and leaves one that is in use', async (t) => {
  const [root] = cgroupMounts(readFileSync('/proc/self/mountinfo', 'utf8'))
  if (root === undefined || process.getuid?.() !== 0) return t.skip('needs root and a cgroup hierarchy')
  const parent = `/berth-test-${process.pid}`
  mkdirSync(join(root, parent, 'child'), { recursive: true })
  await removeCgroup(parent)
  assert.ok(existsSync(join(root, parent, 'child')))
  rmdirSync(join(root, parent, 'child'))
  await removeCgroup(parent)
  assert.ok(!existsSync(join(root, parent)))
})
