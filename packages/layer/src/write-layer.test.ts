import { digestOf } from '@berth/oci'
import { isCoded } from '@berth/stdx'
import { linuxKernel } from '@berth/syscalls'
import fc from 'fast-check'
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  closeSync,
  existsSync,
  ftruncateSync,
  linkSync,
  lutimesSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { mounting } from './testsuite/kernel-needs.ts'
import { mountLayer, mountOverlay } from './testsuite/mount-layer.ts'
import { readTree, type FoundEntry } from './testsuite/read-tree.ts'
import { temporaryDirectory } from './testsuite/temporary-directory.ts'
import { writeMembers } from './testsuite/write-members.ts'
import { byteString } from './tar/tar-entry.ts'
import { packTar, type TarMember } from './tar/pack-tar.ts'
import { writeLayer } from './write-layer.ts'

/** Writes `source` in both formats and reads each back through the kernel. */
async function readBoth(
  source: string,
  directory: string,
): Promise<Record<'erofs' | 'tree', Record<string, FoundEntry>>> {
  for (const format of ['erofs', 'tree'] as const) {
    mkdirSync(join(directory, format))
    const written = await writeLayer({
      source,
      compression: 'auto',
      format,
      directory: join(directory, format),
    })
    assert.equal(written.format, format)
  }
  using mounted = mountLayer(join(directory, 'erofs'))
  return { erofs: readTree(mounted.path), tree: readTree(join(directory, 'tree', 'tree')) }
}

/** A tree with one of everything that tar knows, made by system calls. */
function makeTree(root: string): void {
  mkdirSync(join(root, 'empty'), { recursive: true })
  mkdirSync(join(root, `deep/${'directory/'.repeat(20)}`), { recursive: true })
  writeFileSync(join(root, 'file'), 'content')
  writeFileSync(join(root, 'blocks'), Buffer.alloc(8192, 'b'))
  writeFileSync(join(root, 'none'), '')
  writeFileSync(join(root, 'n'.repeat(255)), 'long name')
  writeFileSync(join(root, 'ünïcödé'), 'text')
  writeFileSync(Buffer.concat([Buffer.from(`${root}/bytes`), Buffer.from([0xff, 0x80])]), 'no text')
  linkSync(join(root, 'file'), join(root, 'deep/link'))
  symlinkSync('file', join(root, 'short'))
  symlinkSync('t/'.repeat(1500), join(root, 'long'))
  for (let index = 0; index < 200; index++) writeFileSync(join(root, `deep/file-${index}`), String(index))
  const fd = openSync(root, 'r')
  linuxKernel.mknodat(fd, 'fifo', { mode: 0o010600, major: 0, minor: 0 })
  linuxKernel.mknodat(fd, 'null', { mode: 0o020666, major: 1, minor: 3 })
  linuxKernel.mknodat(fd, 'disk', { mode: 0o060660, major: 259, minor: 70_000 })
  linuxKernel.chownat(fd, 'file', { uid: 1000, gid: 3_000_000_000 })
  closeSync(fd)
  chmodSync(join(root, 'file'), 0o6755)
  chmodSync(join(root, 'empty'), 0o1777)
  linuxKernel.setXattr(join(root, 'file'), 'user.one', Buffer.from('value'))
  linuxKernel.setXattr(join(root, 'none'), 'user.one', Buffer.from('value'))
  linuxKernel.setXattr(
    join(root, 'file'),
    'security.capability',
    Buffer.from('0100000200040000000000000000000000000000', 'hex'),
  )
  linuxKernel.setXattr(join(root, 'blocks'), 'user.large', Buffer.alloc(3000, 0xfe))
  makeSparse(join(root, 'sparse'))
  lutimesSync(join(root, 'short'), 1.5, 1.5)
  lutimesSync(join(root, 'none'), 1e9, -5.25)
}

function makeSparse(path: string): void {
  const fd = openSync(path, 'w')
  writeSync(fd, Buffer.alloc(4096, 's'), 0, 4096, 8192)
  writeSync(fd, Buffer.alloc(4100, 't'), 0, 4100, 65536)
  ftruncateSync(fd, 300_000)
  closeSync(fd)
}

const tarOptions: Record<string, string[]> = {
  pax: ['--format=pax', '--xattrs', '--xattrs-include=*', '--sparse'],
  'pax with sparse format 0.0': ['--format=pax', '--sparse', '--sparse-version=0.0'],
  'pax with sparse format 0.1': ['--format=pax', '--sparse', '--sparse-version=0.1'],
  gnu: ['--format=gnu', '--sparse'],
}

for (const [name, options] of Object.entries(tarOptions)) {
  test(`writeLayer() gives what tar unpacks of an archive in format ${name}`, mounting, async () => {
    using directory = temporaryDirectory()
    const root = join(directory.path, 'root')
    const source = join(directory.path, 'source.tar')
    makeTree(root)
    execFileSync('tar', ['-C', root, ...options, '-cf', source, '.'])
    const unpacked = join(directory.path, 'unpacked')
    mkdirSync(unpacked)
    execFileSync(
      'tar',
      ['-C', unpacked, '--xattrs', '--xattrs-include=*', '--numeric-owner', '-xpf', source],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    )
    const expected = readTree(unpacked)
    assert.ok(Object.keys(expected).length > 230)
    const { erofs, tree } = await readBoth(source, directory.path)
    assert.deepEqual(erofs, expected)
    assert.deepEqual(tree, expected)
  })
}

const component = fc.oneof(
  fc.constantFrom('a', 'b', 'c', 'dir', '.x'),
  fc.string({ minLength: 1, maxLength: 12 }).map((text) => byteString(text).replaceAll(/[/\0]/g, '_')),
)
const path = fc
  .array(
    component.filter((text) => !/^(\.{1,2}|\.wh\..*)$/.test(text)),
    { minLength: 1, maxLength: 4 },
  )
  .map((parts) => parts.join('/'))
const attributes = {
  name: path,
  mode: fc.nat({ max: 0o7777 }),
  uid: fc.nat(),
  gid: fc.nat(),
  mtimeSeconds: fc.integer({ min: -1_000_000_000, max: 2_000_000_000 }),
  mtimeNanoseconds: fc.nat({ max: 999_999_999 }),
}
const xattrs = fc
  .dictionary(
    fc.constantFrom('trusted.a', 'trusted.b', `trusted.${'n'.repeat(100)}`),
    fc.string({ maxLength: 600 }).map(byteString),
  )
  .map((record) => new Map(Object.entries(record)))
const anyMember: fc.Arbitrary<TarMember> = fc.oneof(
  fc.record({
    ...attributes,
    xattrs,
    type: fc.constant('file' as const),
    body: fc.uint8Array({ maxLength: 3000 }),
  }),
  fc.record({ ...attributes, xattrs, type: fc.constant('directory' as const) }),
  fc.record({
    ...attributes,
    xattrs,
    type: fc.constant('symlink' as const),
    linkName: fc
      .string({ minLength: 1, maxLength: 800 })
      .map((text) => byteString(text).replaceAll('\0', '_')),
  }),
  fc.record({ ...attributes, type: fc.constant('link' as const), linkName: path }),
  fc.record({
    ...attributes,
    type: fc.constantFrom('character-device' as const, 'block-device' as const),
    major: fc.nat({ max: 4095 }),
    minor: fc.nat({ max: 1_048_575 }),
  }),
  fc.record({ ...attributes, type: fc.constant('fifo' as const) }),
  fc.record({
    ...attributes,
    name: path.map((name) => name.replace(/[^/]*$/, '.wh.$&')),
    type: fc.constant('file' as const),
  }),
)

/** Hard links to members that came before, and names that seldom lead through a file: most archives shall be good. */
function untangle(members: TarMember[]): TarMember[] {
  const linkable: string[] = []
  return members.flatMap((member) => {
    if (member.type === 'directory' || member.type === 'symlink' || member.name.includes('.wh.'))
      return [member]
    const name = member.name.replace(/[^/]*$/, 'file-$&')
    const target = linkable.at((member.linkName?.length ?? 0) % Math.max(1, linkable.length))
    if (member.type === 'link' && target === undefined) return []
    linkable.push(name)
    return [{ ...member, name, linkName: member.type === 'link' ? (target ?? '') : '' }]
  })
}

test('writeLayer() gives the same tree in both formats, whatever is in the archive', mounting, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyMember, { maxLength: 25 }).map(untangle), async (members) => {
      using directory = temporaryDirectory()
      const results = await Promise.allSettled([
        writeMembers(directory.path, members),
        writeMembers(directory.path, members, { format: 'tree' }),
      ])
      const [erofs, tree] = results
      assert.equal(erofs.status, tree.status)
      if (erofs.status === 'rejected' || tree.status === 'rejected') {
        for (const result of results)
          assert.ok(result.status === 'rejected' && isCoded(result.reason, 'invalid-argument'))
        return
      }
      using mounted = mountLayer(erofs.value.path)
      assert.deepEqual(readTree(mounted.path), readTree(join(tree.value.path, 'tree')))
    }),
    { numRuns: 25 },
  )
})

test(
  'writeLayer() makes whiteouts and opaque directories that overlayfs obeys, in both formats',
  mounting,
  async () => {
    using directory = temporaryDirectory()
    const lower = join(directory.path, 'lower')
    const target = join(directory.path, 'target')
    for (const name of ['opaque', 'plain', 'replaced']) {
      mkdirSync(join(lower, name), { recursive: true })
      writeFileSync(join(lower, name, 'old'), 'old')
    }
    writeFileSync(join(lower, 'gone'), '')
    mkdirSync(target)
    const members: TarMember[] = [
      { name: 'opaque/new' },
      { name: 'opaque/.wh..wh..opq' },
      { name: 'plain/new' },
      { name: '.wh.gone' },
      { name: '.wh.replaced' },
      { name: 'replaced/new' },
    ]
    const merged = (upper: string): string[] => {
      using _overlay = mountOverlay([upper, lower], target)
      return readdirSync(target, { recursive: true, encoding: 'utf8' }).sort((a, b) => (a < b ? -1 : 1))
    }
    const expected = ['opaque', 'opaque/new', 'plain', 'plain/new', 'plain/old', 'replaced', 'replaced/new']
    const erofs = await writeMembers(directory.path, members)
    using mounted = mountLayer(erofs.path)
    assert.deepEqual(merged(mounted.path), expected)
    const tree = await writeMembers(directory.path, members, { format: 'tree' })
    assert.deepEqual(merged(join(tree.path, 'tree')), expected)
  },
)

test('writeLayer() falls back to a tree when EROFS cannot express the layer', async () => {
  using directory = temporaryDirectory()
  const xattrs = new Map([['user.large', 'x'.repeat(65_536)]])
  const source = join(directory.path, 'sparse.tar')
  writeFileSync(join(directory.path, 'a'), 'tail')
  execFileSync('tar', ['-C', directory.path, '-cf', source, 'a'])
  const unpadded = readFileSync(source).subarray(0, 516)
  writeFileSync(source, unpadded)
  const result = await writeLayer({
    source,
    compression: 'none',
    format: 'erofs',
    directory: makeDirectory(directory.path, 'unpadded'),
  })
  assert.deepEqual(result, { diffId: digestOf(unpadded), sizeBytes: 516, entries: 1, format: 'tree' })
  assert.equal(readFileSync(join(directory.path, 'unpadded/tree/a'), 'utf8'), 'tail')
  assert.ok(!existsSync(join(directory.path, 'unpadded/layer.tar')))
  // Most file systems refuse such an attribute too; the layer then fails whole.
  const large = await writeMembers(directory.path, [{ name: 'a', xattrs }]).catch((error: unknown) => error)
  assert.ok(
    isCoded(large, 'internal', 'unavailable', 'no-space') || (large as { format: string }).format === 'tree',
  )
})

function makeDirectory(parent: string, name: string): string {
  mkdirSync(join(parent, name))
  return join(parent, name)
}

test('writeLayer() writes the same bytes for the same archive', async () => {
  const images: Buffer[] = []
  for (let run = 0; run < 2; run++) {
    using directory = temporaryDirectory()
    const { path } = await writeMembers(directory.path, [{ name: 'b/a', body: 'x' }, { name: 'a' }])
    images.push(readFileSync(join(path, 'layer.erofs')))
  }
  assert.deepEqual(images[0], images[1])
})

test('writeLayer() keeps the tar as it came and reports its progress', async () => {
  using directory = temporaryDirectory()
  const source = join(directory.path, 'layer.tar.gz')
  const { path, diffId } = await writeMembers(directory.path, [{ name: 'a', body: 'x'.repeat(5000) }])
  const tar = readFileSync(join(path, 'layer.tar'))
  assert.equal(diffId, digestOf(tar))
  assert.deepEqual(tar, readFileSync(join(directory.path, 'source.tar')))
  const compressed = gzipSync(tar)
  writeFileSync(source, compressed)
  const reports: number[] = []
  const written = await writeLayer({
    source,
    compression: 'gzip',
    format: 'erofs',
    directory: makeDirectory(directory.path, 'gzip'),
    onProgress: (bytes) => reports.push(bytes),
  })
  assert.equal(written.diffId, diffId)
  assert.equal(reports.at(-1), compressed.length)
})

test('writeLayer() refuses bombs: too large, too dense, too many entries', async () => {
  using directory = temporaryDirectory()
  const source = join(directory.path, 'bomb.gz')
  writeFileSync(source, gzipSync(Buffer.concat([Buffer.alloc(512), Buffer.alloc(120 * 1024 * 1024)])))
  const attempt = (name: string, limits: object): Promise<unknown> =>
    writeLayer({
      source,
      compression: 'gzip',
      format: 'erofs',
      directory: makeDirectory(directory.path, name),
      limits,
    })
  await assert.rejects(
    attempt('size', { sizeBytesMax: 1_000_000 }),
    (error) => isCoded(error, 'invalid-argument') && /larger than/.test(error.message),
  )
  await assert.rejects(
    attempt('ratio', { ratioMax: 100 }),
    (error) => isCoded(error, 'invalid-argument') && /times its compressed/.test(error.message),
  )
  await assert.rejects(
    writeMembers(directory.path, [{ name: 'a' }, { name: 'b' }], { limits: { entriesMax: 1 } }),
    /more than 1 entries/,
  )
})

test('writeLayer() says cancelled when its signal aborts, and internal when the disk refuses', async () => {
  using directory = temporaryDirectory()
  await assert.rejects(
    writeMembers(directory.path, [{ name: 'a' }], { signal: AbortSignal.abort() }),
    (error) => isCoded(error, 'cancelled'),
  )
  await assert.rejects(
    writeLayer({
      source: join(directory.path, 'missing'),
      compression: 'none',
      format: 'erofs',
      directory: directory.path,
    }),
    (error) => isCoded(error, 'internal') && /ENOENT/.test(error.message),
  )
})

test('a damaged archive ends in a coded error or in a layer, never in a crash', async () => {
  const members = [
    { name: 'd/a', body: 'x'.repeat(600), xattrs: new Map([['user.a', 'b']]) },
    { name: 'l', type: 'symlink' as const, linkName: 'd' },
    { name: 'l/b', type: 'link' as const, linkName: 'd/a' },
  ]
  const archive = Buffer.concat(await Array.fromAsync(packTar(members)))
  const damage = fc.array(fc.tuple(fc.nat({ max: archive.length - 1 }), fc.nat({ max: 255 })), {
    minLength: 1,
    maxLength: 6,
  })
  await fc.assert(
    fc.asyncProperty(damage, fc.boolean(), async (changes, isCompressed) => {
      using directory = temporaryDirectory()
      const source = join(directory.path, 'source')
      const bytes = isCompressed ? gzipSync(archive) : Buffer.from(archive)
      for (const [at, byte] of changes) bytes[at % bytes.length] = byte
      writeFileSync(source, bytes)
      const written = await writeLayer({
        source,
        compression: 'auto',
        format: 'erofs',
        directory: makeDirectory(directory.path, 'layer'),
      }).catch((error: unknown) => error)
      if (written instanceof Error)
        assert.ok(isCoded(written, 'invalid-argument', 'data-loss'), String(written))
    }),
    { numRuns: 100 },
  )
})
