import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseCgroupMounts } from './cgroups.ts'
import { parseFileSystems } from './file-systems.ts'
import { isKernelAtLeast, parseKernelRelease } from './kernel.ts'

test('parseKernelRelease() reads major and minor whatever follows them', () => {
  const number = fc.nat(99_999)
  fc.assert(
    fc.property(number, number, fc.string(), (major, minor, rest) => {
      assert.deepEqual(parseKernelRelease(`${major}.${minor}${rest.replace(/^\d+/, '')}`), { major, minor })
    }),
  )
})

test('parseKernelRelease() gives nothing when the text is no release', () => {
  for (const text of ['', 'Linux', '6', '6.', '.1', '99999999.1'])
    assert.equal(parseKernelRelease(text), undefined, text)
})

test('isKernelAtLeast() compares numbers when text order would differ', () => {
  assert.ok(isKernelAtLeast({ major: 3, minor: 10 }, { major: 3, minor: 9 }))
  assert.ok(isKernelAtLeast({ major: 10, minor: 0 }, { major: 9, minor: 99 }))
  assert.ok(!isKernelAtLeast({ major: 3, minor: 9 }, { major: 3, minor: 10 }))
})

test('parseCgroupMounts() ignores optional fields and other file systems', () => {
  const text =
    '30 24 0:26 / /sys/fs/cgroup rw shared:4 master:1 - cgroup2 none rw,nsdelegate\n22 1 8:1 / / rw - ext4 /dev/sda1 rw\n'
  assert.deepEqual(parseCgroupMounts(text), [
    { version: 2, path: '/sys/fs/cgroup', options: ['rw', 'nsdelegate'] },
  ])
})

test('parseCgroupMounts() and parseFileSystems() never throw when the text is arbitrary', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      (text) => void [parseCgroupMounts(text), parseFileSystems(text)],
    ),
  )
})
