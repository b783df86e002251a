import { isCoded } from '@berth/stdx'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { completeLimits, type LayerLimits } from '../layer-limits.ts'
import type { TarEntry } from '../tar/tar-entry.ts'
import { plainEntry } from '../testsuite/plain-entry.ts'
import type { DirectoryNode, LayerNode } from './layer-node.ts'
import { LayerTree } from './layer-tree.ts'

type Member = Partial<TarEntry> & { name: string }
const file = (name: string, more: Partial<TarEntry> = {}): Member => ({ name, ...more })
const directory = (name: string, more: Partial<TarEntry> = {}): Member => ({
  name,
  type: 'directory',
  ...more,
})
const symlink = (name: string, linkName: string): Member => ({ name, type: 'symlink', linkName })
const link = (name: string, linkName: string): Member => ({ name, type: 'link', linkName })

function build(members: Member[], limits: Partial<LayerLimits> = {}): LayerTree {
  const tree = new LayerTree(completeLimits({ depthMax: 50, ...limits }))
  for (const [index, member] of members.entries()) tree.add({ ...plainEntry, type: 'file', ...member }, index)
  tree.finish()
  return tree
}

/** Paths with what they are: files by the index of their member. */
function show(tree: LayerTree): string[] {
  const lines: string[] = []
  const visit = (path: string, node: DirectoryNode): void => {
    for (const [name, child] of [...node.children].sort(([a], [b]) => (a < b ? -1 : 1))) {
      lines.push(`${path}${name}${describe(child)}`)
      if (child.type === 'directory') visit(`${path}${name}/`, child)
    }
  }
  visit('', tree.root)
  return lines
}

function describe(node: LayerNode): string {
  if (node.type === 'file') return `=${node.bodyOffset}`
  if (node.type === 'directory') return node.isOpaque ? '/ opaque' : '/'
  return node.type === 'symlink'
    ? ` -> ${node.target}`
    : node.type === 'fifo'
      ? '|'
      : ` device ${node.major}:${node.minor}`
}

const holds: [string, Member[], string[]][] = [
  ['the last of duplicate members', [file('a'), file('b'), file('a')], ['a=2', 'b=1']],
  [
    'a directory whose attributes change',
    [directory('d'), file('d/a'), directory('d', { mode: 0o700 })],
    ['d/', 'd/a=1'],
  ],
  ['a file in place of a directory', [file('d/a'), file('d')], ['d=1']],
  ['a directory in place of a link', [symlink('d', '/etc'), directory('d'), file('d/a')], ['d/', 'd/a=2']],
  ['members in any order', [file('d/a'), directory('d')], ['d/', 'd/a=0']],
  ['a hard link to a member that is replaced later', [file('a'), link('b', 'a'), file('a')], ['a=2', 'b=0']],
  ['a hard link to itself', [file('a'), link('a', 'a')], ['a=0']],
  ['a hard link to a symbolic link', [symlink('a', 'x'), link('b', 'a')], ['a -> x', 'b -> x']],
  [
    'absolute names below its root',
    [file('/etc/passwd'), link('/b', '/etc/passwd')],
    ['b=0', 'etc/', 'etc/passwd=0'],
  ],
  ['names with dots', [file('./a'), file('b/../c/.//d'), file('/../e')], ['a=0', 'c/', 'c/d=1', 'e=2']],
  ['an absolute link followed inside', [symlink('a', '/etc'), file('a/x')], ['a -> /etc', 'etc/', 'etc/x=1']],
  [
    'a link with dots followed inside',
    [symlink('l', '../../../etc'), file('l/x')],
    ['etc/', 'etc/x=1', 'l -> ../../../etc'],
  ],
  [
    'a chain of links followed inside',
    [symlink('d/a', '..'), symlink('b', 'd/a/../../..'), symlink('c', 'b/../tmp'), file('c/x')],
    ['b -> d/a/../../..', 'c -> b/../tmp', 'd/', 'd/a -> ..', 'tmp/', 'tmp/x=3'],
  ],
  ['a whiteout', [file('d/.wh.a')], ['d/', 'd/a device 0:0']],
  [
    'a whiteout and the file, in both orders',
    [file('.wh.a'), file('a'), file('b'), file('.wh.b')],
    ['a=1', 'b=2'],
  ],
  [
    'a whiteout and the directory, in both orders',
    [file('.wh.a'), file('a/x'), file('b/x'), file('.wh.b')],
    ['a/ opaque', 'a/x=1', 'b/ opaque', 'b/x=2'],
  ],
  ['an opaque directory, marked first', [file('d/.wh..wh..opq'), file('d/a')], ['d/ opaque', 'd/a=1']],
  ['an opaque directory, marked last', [file('d/a'), file('./d//.wh..wh..opq')], ['d/ opaque', 'd/a=0']],
  [
    'nothing of AUFS itself',
    [directory('.wh..wh.plnk'), file('.wh..wh.plnk/1.2'), file('.wh..wh.aufs'), file('.wh..wh.')],
    [],
  ],
]

for (const [what, members, expected] of holds) {
  test(`LayerTree holds ${what}`, () => assert.deepEqual(show(build(members)), expected))
}

const refuses: [string, Member[], RegExp][] = [
  ['a name that leaves the root', [file('../x')], /leaves the root/],
  ['a name that leaves the root later', [file('a/../../x')], /leaves the root/],
  ['a hard link to the outside', [link('a', '../../etc/passwd')], /leaves the root/],
  ['a hard link to nothing', [link('a', 'b')], /not in the layer/],
  ['a hard link to a directory', [directory('d'), link('a', 'd')], /is a directory/],
  ['a root that is a link', [symlink('.', '/etc')], /root of a layer must be a directory/],
  ['a root that is a file', [file('./')], /root of a layer must be a directory/],
  ['a path through a file', [file('a'), file('a/b')], /not a directory/],
  ['links that go round', [symlink('a', 'b'), symlink('b', 'a'), file('a/x')], /too many levels/],
  ['a whiteout of the directory itself', [file('d/.wh.')], /whiteout of no name/],
  ['a whiteout of "."', [file('d/.wh..')], /whiteout of no name/],
  ['a whiteout of the parent', [file('d/.wh...')], /whiteout of no name/],
  ['a path that is too deep', [file(`${'d/'.repeat(51)}x`)], /50 directories deep/],
  ['a path that links make too deep', [symlink('l', 'a/'.repeat(49)), file('l/b/c')], /50 directories deep/],
  ['a long name', [file('n'.repeat(256))], /longer than 255/],
  ['an owner beyond 32 bits', [file('a', { uid: 2 ** 32 - 1 })], /uid 4294967295 is out of range/],
  ['a link without a target', [symlink('a', '')], /target is 0 bytes/],
  ['a long target', [symlink('a', 'n'.repeat(4096))], /target is 4096 bytes/],
  ['a device number beyond 12 bits', [{ name: 'a', type: 'block-device', major: 4096 }], /major 4096/],
]

for (const [what, members, message] of refuses) {
  test(`LayerTree refuses ${what}`, () => {
    assert.throws(
      () => build(members),
      (error) => isCoded(error, 'invalid-argument') && message.test(error.message),
    )
  })
}

test('LayerTree counts implied directories against its limit', () => {
  assert.throws(() => build([file('a/b/c/d')], { entriesMax: 3 }), /more than 3 entries/)
})

test('LayerTree makes what is not named root-owned with mode 0755', () => {
  const { root } = build([file('d/a')])
  const { mode, uid, mtimeSeconds } = root.children.get('d') ?? assert.fail()
  assert.deepEqual({ mode, uid, mtimeSeconds }, { mode: 0o755, uid: 0, mtimeSeconds: 0 })
  assert.equal(root.mode, 0o755)
  assert.equal(build([directory('./', { mode: 0o1777 })]).root.mode, 0o1777)
})

test('LayerTree keeps attributes but those that overlayfs would believe', () => {
  const names = [
    'user.a',
    'security.capability',
    'trusted.a',
    'trusted.overlay.opaque',
    'user.overlay.redirect',
    'system.posix_acl_access',
    'made.up',
  ]
  const xattrs = new Map(names.map((name) => [name, 'x']))
  const { root } = build([file('a', { xattrs }), { name: 'p', type: 'fifo', xattrs }])
  assert.deepEqual(
    [...(root.children.get('a')?.xattrs.keys() ?? [])],
    ['security.capability', 'system.posix_acl_access', 'trusted.a', 'user.a'],
  )
  assert.deepEqual(
    [...(root.children.get('p')?.xattrs.keys() ?? [])],
    ['security.capability', 'system.posix_acl_access', 'trusted.a'],
  )
})
