import { linuxKernel, openFlags } from '@berth/syscalls'
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { closeSync, linkSync, mkdirSync, openSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { packTar, type TarMember } from '../tar/pack-tar.ts'
import { readTar } from '../tar/read-tar.ts'
import { temporaryDirectory } from '../testsuite/temporary-directory.ts'
import { treeMembers } from './tree-members.ts'
import { walkTree } from './walk-tree.ts'

const needsRoot = { skip: process.getuid?.() !== 0 && 'needs root' }

const withoutBody = (member: TarMember): TarMember =>
  Object.fromEntries(Object.entries(member).filter(([key]) => key !== 'body')) as unknown as TarMember

async function membersOf(path: string): Promise<TarMember[]> {
  const fd = openSync(path, 'r')
  try {
    return await Array.fromAsync(treeMembers(walkTree(fd)), withoutBody)
  } finally {
    closeSync(fd)
  }
}

async function pack(path: string): Promise<Buffer> {
  const fd = openSync(path, 'r')
  try {
    return Buffer.concat(await Array.fromAsync(packTar(treeMembers(walkTree(fd)))))
  } finally {
    closeSync(fd)
  }
}

test(
  'treeMembers() writes whiteouts and opaque directories as layers do and drops what overlayfs keeps for itself',
  needsRoot,
  async () => {
    using directory = temporaryDirectory()
    mkdirSync(join(directory.path, 'dir'))
    const fd = openSync(directory.path, 'r')
    const whiteout = { mode: 0o020000, major: 0, minor: 0 }
    linuxKernel.mknodat(fd, 'gone', whiteout)
    linuxKernel.linkat({ dirFd: fd, path: 'gone' }, { dirFd: fd, path: 'dir/also-gone' })
    linuxKernel.mknodat(fd, 'null', { mode: 0o020666, major: 1, minor: 3 })
    closeSync(fd)
    linuxKernel.setXattr(join(directory.path, 'dir'), 'trusted.overlay.opaque', Buffer.from('y'))
    linuxKernel.setXattr(join(directory.path, 'dir'), 'user.kept', Buffer.from([0, 255]))
    const members = await membersOf(directory.path)
    assert.deepEqual(
      members.map(({ name, type = 'file' }) => [name, type]),
      [
        ['dir/', 'directory'],
        ['dir/.wh..wh..opq', 'file'],
        ['dir/.wh.also-gone', 'file'],
        ['.wh.gone', 'file'],
        ['null', 'character-device'],
      ],
    )
    assert.deepEqual([...(members[0]?.xattrs ?? [])], [['user.kept', '\0\u00ff']])
    assert.deepEqual([members[4]?.major, members[4]?.minor], [1, 3])
  },
)

test('treeMembers() keeps links, modes, times and names of any bytes, passes over sockets, and reads the same twice', async () => {
  using directory = temporaryDirectory()
  const at = (name: string) => join(directory.path, name)
  writeFileSync(at('b'), 'content', { mode: 0o640 })
  execFileSync('touch', ['-d', '@-1.5', at('b')])
  linkSync(at('b'), at('c'))
  symlinkSync('/etc/passwd', at('a'))
  writeFileSync(Buffer.concat([Buffer.from(`${directory.path}/`), Buffer.from([0xff, 0x0a])]), 'odd')
  const server = createServer().listen(at('socket'))
  await new Promise((resolve) => server.once('listening', resolve))
  try {
    const members = await membersOf(directory.path)
    assert.deepEqual(
      members.map(({ name, type, linkName }) => [name, type, linkName]),
      [
        ['a', 'symlink', '/etc/passwd'],
        ['b', 'file', ''],
        ['c', 'link', 'b'],
        ['\u00ff\n', 'file', ''],
      ],
    )
    const [, file] = members
    assert.deepEqual([file?.mode, file?.mtimeSeconds, file?.mtimeNanoseconds], [0o640, -2, 500_000_000])
    assert.deepEqual(await pack(directory.path), await pack(directory.path))
  } finally {
    server.close()
  }
})

test('treeMembers() gives the bytes that GNU tar unpacks to the same tree', async () => {
  using directory = temporaryDirectory()
  mkdirSync(join(directory.path, 'from/deep/deeper'), { recursive: true })
  writeFileSync(join(directory.path, 'from/deep/large'), Buffer.alloc(3 * 1024 * 1024 + 7, 'x'))
  writeFileSync(join(directory.path, 'from/deep/deeper/small'), 'small')
  mkdirSync(join(directory.path, 'to'))
  execFileSync('tar', ['x', '-C', join(directory.path, 'to')], {
    input: await pack(join(directory.path, 'from')),
  })
  execFileSync('diff', ['-r', join(directory.path, 'from'), join(directory.path, 'to')])
})

test('walkTree() fills up a file that was cut while it was read', async () => {
  using directory = temporaryDirectory()
  const path = join(directory.path, 'file')
  writeFileSync(path, 'x'.repeat(100))
  const fd = openSync(directory.path, openFlags.cloexec)
  try {
    for await (const { body } of walkTree(fd)) {
      truncateSync(path, 10)
      const bytes = Buffer.concat(await Array.fromAsync(body ?? []))
      assert.equal(bytes.toString(), `${'x'.repeat(10)}${'\0'.repeat(90)}`)
    }
  } finally {
    closeSync(fd)
  }
})

test('packTar() of no members is the empty layer', async () => {
  using directory = temporaryDirectory()
  const bytes = await pack(directory.path)
  assert.deepEqual(bytes, Buffer.alloc(1024))
  assert.deepEqual(
    await Array.fromAsync(
      readTar(
        (async function* () {
          yield bytes
        })(),
      ),
    ),
    [],
  )
})
