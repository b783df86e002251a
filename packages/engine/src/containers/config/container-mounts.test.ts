import assert from 'node:assert/strict'
import { test } from 'node:test'
import { containerMounts } from './container-mounts.ts'

const mounts = (request: Partial<Parameters<typeof containerMounts>[0]>) =>
  containerMounts({ Binds: null, ...request })

test('containerMounts() reads binds', () => {
  const [mount] = mounts({ Binds: ['/data/../srv:/in/:ro,rshared'] })
  assert.equal(mount?.source, '/srv')
  assert.equal(mount?.target, '/in')
  assert.equal(mount?.isReadOnly, true)
  assert.equal(mount?.propagation, 'rshared')
  assert.equal(mount?.createSource, true)
})

test('containerMounts() reads mounts and tmpfs', () => {
  const list = mounts({
    Mounts: [
      { Type: 'bind', Source: '/a', Target: '/b', ReadOnly: true },
      { Type: 'tmpfs', Target: '/c', TmpfsOptions: { SizeBytes: 1024, Mode: 0o700 } },
    ],
    Tmpfs: { '/d': 'size=1m' },
  })
  assert.deepEqual(
    list.map(({ type, target, isReadOnly, tmpfsOptions }) => ({ type, target, isReadOnly, tmpfsOptions })),
    [
      { type: 'bind', target: '/b', isReadOnly: true, tmpfsOptions: [] },
      { type: 'tmpfs', target: '/c', isReadOnly: false, tmpfsOptions: ['size=1024', 'mode=700'] },
      { type: 'tmpfs', target: '/d', isReadOnly: false, tmpfsOptions: ['size=1m'] },
    ],
  )
})

test('containerMounts() refuses what it cannot mean', () => {
  assert.throws(() => mounts({ Binds: ['/a'] }), /invalid volume specification: '\/a'/)
  assert.throws(() => mounts({ Binds: ['/a:/b:rx'] }), /invalid mode: rx/)
  assert.throws(() => mounts({ Binds: ['/a:b'] }), /must be absolute/)
  assert.throws(() => mounts({ Binds: ['/a:/'] }), /destination can't be '\/'/)
  assert.throws(() => mounts({ Binds: ['/a:/x', '/b:/x/'] }), /Duplicate mount point: \/x/)
  assert.throws(() => mounts({ Binds: ['name:/x'] }), { code: 'not-implemented' })
})
