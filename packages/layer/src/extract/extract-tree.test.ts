import { linuxKernel } from '@berth/syscalls'
import assert from 'node:assert/strict'
import {
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { layerLimitsDefault } from '../layer-limits.ts'
import { temporaryDirectory } from '../testsuite/temporary-directory.ts'
import type { FileNode } from '../tree/layer-node.ts'
import { LayerTree } from '../tree/layer-tree.ts'
import { changeModeByHandle } from './apply-attributes.ts'
import { extractTree } from './extract-tree.ts'

const asRoot = { skip: process.getuid?.() === 0 ? false : 'needs root' }

test('changeModeByHandle() sets the mode of what the name is, on kernels without fchmodat2', asRoot, () => {
  using directory = temporaryDirectory()
  const dirFd = openSync(directory.path, 'r')
  linuxKernel.mknodat(dirFd, 'fifo', { mode: 0o010600, major: 0, minor: 0 })
  changeModeByHandle({ dirFd, name: Buffer.from('fifo') }, 0o4751)
  assert.equal(lstatSync(join(directory.path, 'fifo')).mode, 0o014751)
  closeSync(dirFd)
})

test('extractTree() does not follow links that others put in its way', asRoot, async () => {
  using directory = temporaryDirectory()
  const outside = join(directory.path, 'outside')
  const inside = join(directory.path, 'inside')
  mkdirSync(outside)
  mkdirSync(inside)
  writeFileSync(join(outside, 'file'), 'untouched')
  symlinkSync(outside, join(inside, 'd'))
  symlinkSync(join(outside, 'file'), join(inside, 'a'))
  const plain = {
    mode: 0o644,
    uid: 0,
    gid: 0,
    mtimeSeconds: 0,
    mtimeNanoseconds: 0,
    xattrs: new Map<string, string>(),
  }
  const file: FileNode = { type: 'file', ...plain, sizeBytes: 0, bodyOffset: 0, fragments: undefined }
  const rootFd = openSync(inside, 'r')
  for (const name of ['a', 'd']) {
    const { root } = new LayerTree(layerLimitsDefault)
    root.children.set(name, name === 'a' ? file : { ...root, children: new Map([['x', file]]) })
    await assert.rejects(extractTree(root, { rootFd, tarFd: rootFd }), { code: 'EEXIST' })
  }
  closeSync(rootFd)
  assert.deepEqual(readdirSync(outside), ['file'])
  assert.ok(!existsSync(join(outside, 'x')))
})
