import { linuxKernel, mountFlags, unmountFlags } from '@berth/syscalls'
import assert from 'node:assert/strict'
import { closeSync, linkSync, mkdirSync, openSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryDirectory } from '../testsuite/temporary-directory.ts'
import { copiedMembers } from './copied-members.ts'
import { walkTree, type WalkTreeOptions } from './walk-tree.ts'

const asRoot = { skip: process.getuid?.() === 0 ? false : 'needs root' }

interface Copy extends WalkTreeOptions {
  root: string
  name: string
}

async function namesOf(path: string, { root, name, ...options }: Copy): Promise<string[]> {
  const fd = openSync(path, 'r')
  try {
    const members = copiedMembers(walkTree(fd, options), { root, name })
    return await Array.fromAsync(members, (it) => (it.linkName ? `${it.name} ${it.linkName}` : it.name))
  } finally {
    closeSync(fd)
  }
}

function tree(path: string): void {
  mkdirSync(join(path, 'sub'))
  writeFileSync(join(path, 'a'), 'x')
  linkSync(join(path, 'a'), join(path, 'sub/b'))
  symlinkSync('a', join(path, 'link'))
}

test('copiedMembers() names a directory as it was asked for', async () => {
  using directory = temporaryDirectory()
  tree(directory.path)
  const whole = { root: '', includesRoot: true }
  for (const [name, expected] of [
    ['d', ['d/', 'd/a', 'd/link a', 'd/sub/', 'd/sub/b d/a']],
    ['.', ['./', './a', './link a', './sub/', './sub/b ./a']],
    ['/', ['/', '/a', '/link a', '/sub/', '/sub/b /a']],
  ] as const)
    assert.deepEqual(await namesOf(directory.path, { ...whole, name }), expected)
})

test('copiedMembers() names a file anew, and keeps whole seconds and capabilities', asRoot, async () => {
  using directory = temporaryDirectory()
  tree(directory.path)
  const path = join(directory.path, 'a')
  // VFS_CAP_REVISION_2 with cap_net_raw, capability.h.
  const capability = Buffer.from('0100000200200000000000000000000000000000', 'hex')
  linuxKernel.setXattr(path, 'security.capability', capability)
  linuxKernel.setXattr(path, 'user.mark', Buffer.from('x'))
  utimesSync(path, 1.5, 1.5)
  const fd = openSync(directory.path, 'r')
  const walk = walkTree(fd, { names: [Buffer.from('a')] })
  const members = await Array.fromAsync(copiedMembers(walk, { root: 'a', name: 'new' }))
  closeSync(fd)
  const [member] = members
  assert.deepEqual(
    [members.length, member?.name, member?.mtimeSeconds, member?.mtimeNanoseconds],
    [1, 'new', 1, 0],
  )
  assert.deepEqual([...(member?.xattrs ?? [])], [['security.capability', capability.toString('latin1')]])
})

test('walkTree() enters the mounts that it is told to, and no others', asRoot, async () => {
  using directory = temporaryDirectory()
  const at = (name: string) => join(directory.path, name)
  for (const name of ['in', 'out']) {
    mkdirSync(at(name))
    linuxKernel.mount({ source: 'tmpfs', target: at(name), type: 'tmpfs' })
    writeFileSync(at(`${name}/file`), '')
  }
  writeFileSync(at('mounted'), '')
  linuxKernel.mount({ source: at('in/file'), target: at('mounted'), flags: mountFlags.bind })
  try {
    const copy = { root: '', name: '.' }
    assert.deepEqual(await namesOf(directory.path, copy), [])
    assert.deepEqual(await namesOf(directory.path, { ...copy, entersMount: (path) => path === 'in' }), [
      './in/',
      './in/file',
      './mounted',
      './out/',
    ])
  } finally {
    for (const name of ['mounted', 'in', 'out']) linuxKernel.unmount(at(name), unmountFlags.detach)
  }
})
