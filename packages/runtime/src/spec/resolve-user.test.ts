import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseGroup, parsePasswd, readContainerFile } from './account-files.ts'
import { findUser } from './resolve-user.ts'

const accounts = {
  passwd: parsePasswd(
    'root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1001::/home/user:/bin/sh\n1234:x:5:5::/:\nbroken:x:y:z\n',
  ),
  group: parseGroup('root:x:0:root\nuser:x:1001:\nmore:x:2000:user,root\nempty:x:3000:\n'),
}

test('findUser() finds names and numbers as Docker does', () => {
  const cases: [user: string, uid: number, gids: number[], home: string][] = [
    ['', 0, [0, 2000], '/root'],
    ['root', 0, [0, 2000], '/root'],
    ['user', 1000, [1001, 2000], '/home/user'],
    ['1000', 1000, [1001, 2000], '/home/user'],
    ['00', 0, [0, 2000], '/root'],
    ['user:empty', 1000, [3000], '/home/user'],
    ['user:3000', 1000, [3000], '/home/user'],
    ['user:777', 1000, [777], '/home/user'],
    ['4321', 4321, [0], '/'],
    ['1234', 1234, [0], '/'],
    ['2147483647', 2147483647, [0], '/'],
  ]
  for (const [user, uid, gids, home] of cases) {
    assert.deepEqual(findUser(accounts, user), { uid, gid: gids[0], additionalGids: gids, home }, user)
  }
  assert.deepEqual(findUser(accounts, '4321', ['more', '9']).additionalGids, [0, 2000, 9])
})

test('findUser() refuses what it does not find, and numbers that would become others', () => {
  const passwd = (name: string) => `unable to find user ${name}: no matching entries in passwd file`
  for (const name of ['nobody', '0x0', 'broken', '1e3']) {
    assert.throws(() => findUser(accounts, name), { code: 'invalid-argument', message: passwd(name) })
  }
  for (const name of ['4294967296', '2147483648', '-1', '99999999999999999999999', 'user:4294967296']) {
    assert.throws(
      () => findUser(accounts, name),
      { message: 'uids and gids must be in range 0-2147483647' },
      name,
    )
  }
  assert.throws(() => findUser(accounts, 'user:nosuch'), {
    message: 'unable to find group nosuch: no matching entries in group file',
  })
})

test('readContainerFile() reads regular files inside only', () => {
  const directory = mkdtempSync(join(tmpdir(), 'berth-user-'))
  try {
    const rootfs = join(directory, 'rootfs')
    mkdirSync(join(rootfs, 'etc'), { recursive: true })
    writeFileSync(join(directory, 'outside'), 'secret')
    writeFileSync(join(rootfs, 'inside'), 'text')
    symlinkSync('/inside', join(rootfs, 'etc/absolute'))
    symlinkSync('../../outside', join(rootfs, 'etc/escaping'))
    symlinkSync('/proc/self/environ', join(rootfs, 'etc/environ'))
    symlinkSync('loop', join(rootfs, 'etc/loop'))
    execFileSync('mkfifo', [join(rootfs, 'etc/fifo')])
    execFileSync('mknod', [join(rootfs, 'etc/zero'), 'c', '1', '5'])
    writeFileSync(join(rootfs, 'etc/huge'), '')
    truncateSync(join(rootfs, 'etc/huge'), 1 << 30)
    assert.equal(readContainerFile(rootfs, 'etc/absolute'), 'text')
    for (const name of ['escaping', 'environ', 'loop', 'missing'])
      assert.equal(readContainerFile(rootfs, `etc/${name}`), '')
    for (const name of ['fifo', 'zero'])
      assert.throws(() => readContainerFile(rootfs, `etc/${name}`), /not a regular file/)
    assert.throws(() => readContainerFile(rootfs, 'etc/huge'), /larger than/)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
})
