import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  closeSync,
  ftruncateSync,
  linkSync,
  lutimesSync,
  mkdirSync,
  openSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { writeLayer } from '@berth/layer'
import { linuxKernel } from '@berth/syscalls'
import { mounting } from '../../packages/layer/src/testsuite/kernel-needs.ts'
import { mountLayer } from '../../packages/layer/src/testsuite/mount-layer.ts'
import { readTree } from '../../packages/layer/src/testsuite/read-tree.ts'

const gibibyte = 2 ** 30
const names = 100_000
const capability = Buffer.from('0100000200040000000000000000000000000000', 'hex')
const packing = ['--format=pax', '--sparse', '--xattrs', '--xattrs-include=*', '--numeric-owner']
const unpacking = ['--xattrs', '--xattrs-include=*', '--numeric-owner', '-p']

let directory: string

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'berth-generated-'))
})

after(() => rm(directory, { recursive: true, force: true }))

/** A directory of many names of any bytes, with every kind of entry and attribute among them. */
function makeTree(root: string): void {
  const many = join(root, 'many')
  mkdirSync(many, { recursive: true })
  let file = join(many, 'first') as string | Buffer
  writeFileSync(file, 'first')
  for (let index = 0; index < names; index++) {
    const bytes = Buffer.from([0x80 + (index % 0x7f), 0xff])
    const path = Buffer.concat([Buffer.from(`${many}/n${index}`), index % 3 === 0 ? bytes : Buffer.alloc(0)])
    if (index % 100 === 7) symlinkSync(`../target/${'t'.repeat(index % 3000)}`, path)
    else if (index % 100 === 8) linkSync(file, path)
    else {
      writeFileSync(path, index % 10 === 0 ? Buffer.alloc(index % 9000, index) : '')
      file = path
    }
    if (index % 500 === 1) linuxKernel.setXattr(path, 'user.name', Buffer.alloc(index % 200, 'x'))
    if (index % 1000 === 2) linuxKernel.setXattr(path, 'security.capability', capability)
    if (index % 50 === 4) lutimesSync(path, index, index + 0.123456)
  }
  const fd = openSync(root, 'r')
  linuxKernel.mknodat(fd, 'fifo', { mode: 0o010600, major: 0, minor: 0 })
  linuxKernel.mknodat(fd, 'null', { mode: 0o020666, major: 1, minor: 3 })
  linuxKernel.mknodat(fd, 'disk', { mode: 0o060660, major: 259, minor: 70_000 })
  closeSync(fd)
}

/** Writes both formats and looks at each; one that EROFS cannot express is unpacked whatever was asked for. */
async function writeBoth(
  archive: string,
  check: (path: string) => void,
  isExpressible = true,
): Promise<void> {
  for (const format of ['erofs', 'tree'] as const) {
    const path = `${archive}-${format}`
    mkdirSync(path)
    const written = await writeLayer({ source: archive, compression: 'auto', format, directory: path })
    assert.equal(written.format, isExpressible ? format : 'tree')
    if (written.format === 'tree') check(join(path, 'tree'))
    else {
      using mounted = mountLayer(path)
      check(mounted.path)
    }
  }
}

test(
  'a directory of 100,000 names of all kinds is, in both formats, what GNU tar unpacks',
  mounting,
  async () => {
    const root = join(directory, 'root')
    const archive = join(directory, 'names.tar')
    const unpacked = join(directory, 'unpacked')
    makeTree(root)
    execFileSync('tar', [...packing, '-C', root, '-cf', archive, '.'])
    mkdirSync(unpacked)
    execFileSync('tar', [...unpacking, '-C', unpacked, '-xf', archive])
    const expected = readTree(unpacked)
    assert.ok(Object.keys(expected).length > names)
    await writeBoth(archive, (path) => assert.deepEqual(readTree(path), expected))
  },
)

const mebibyte = 2 ** 20
/** Where there is data, and how much at each place. */
const sparse: Record<string, { at: readonly number[]; bytes: number; isExpressible: boolean }> = {
  'large pieces': {
    at: [0, gibibyte, 4 * gibibyte - mebibyte, 4 * gibibyte, 5 * gibibyte - mebibyte],
    bytes: mebibyte,
    isExpressible: true,
  },
  'small pieces, which EROFS would need a large table for': {
    at: [0, gibibyte, 4 * gibibyte - 4096, 5 * gibibyte - 4096],
    bytes: 4096,
    isExpressible: false,
  },
}

for (const [index, [name, { at, bytes, isExpressible }]] of Object.entries(sparse).entries()) {
  test(
    `a file of 5 GiB with ${name} is byte for byte what it was, and takes no more room`,
    mounting,
    async () => {
      const root = join(directory, `large-${index}`)
      const archive = join(directory, `large-${index}.tar`)
      mkdirSync(root)
      const large = join(root, 'large')
      const fd = openSync(large, 'w')
      for (const position of at) writeSync(fd, Buffer.alloc(bytes, position % 251), 0, bytes, position)
      ftruncateSync(fd, 5 * gibibyte)
      closeSync(fd)
      execFileSync('tar', [...packing, '-C', root, '-cf', archive, 'large'])
      const check = (path: string): void => {
        const found = statSync(join(path, 'large'))
        assert.equal(found.size, 5 * gibibyte)
        execFileSync('cmp', [large, join(path, 'large')])
        if (path.endsWith('tree')) assert.ok(found.blocks * 512 < 10 * mebibyte)
      }
      await writeBoth(archive, check, isExpressible)
    },
  )
}
