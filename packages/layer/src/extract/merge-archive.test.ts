import { linuxKernel } from '@berth/syscalls'
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  closeSync,
  existsSync,
  ftruncateSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { packTar, type TarMember } from '../tar/pack-tar.ts'
import { temporaryDirectory } from '../testsuite/temporary-directory.ts'
import { mergeArchive, type MergeArchiveOptions } from './merge-archive.ts'

const asRoot = { skip: process.getuid?.() === 0 ? false : 'needs root' }

interface Places extends Disposable {
  /** What an archive is unpacked into. */
  inside: string
  /** What it must not reach. */
  outside: string
  merge: (members: readonly TarMember[], options?: Partial<MergeArchiveOptions>) => Promise<void>
  mergeBytes: (archive: Uint8Array) => Promise<void>
}

function places(): Places {
  const directory = temporaryDirectory()
  const [inside, outside] = [join(directory.path, 'inside'), join(directory.path, 'outside')]
  mkdirSync(inside)
  mkdirSync(outside)
  writeFileSync(join(outside, 'file'), 'untouched')
  const fd = openSync(inside, 'r')
  const mergeWith = (source: AsyncIterable<Uint8Array>, options: Partial<MergeArchiveOptions> = {}) =>
    mergeArchive(source, {
      target: { fd, path: inside },
      owner: 'caller',
      replacesDirectories: false,
      ...options,
    })
  return {
    inside,
    outside,
    merge: (members, options) => mergeWith(packTar(members), options),
    mergeBytes: (archive) => mergeWith(piecesOf(archive)),
    [Symbol.dispose]: () => {
      assert.deepEqual(readdirSync(outside), ['file'])
      assert.equal(readFileSync(join(outside, 'file'), 'utf8'), 'untouched')
      assert.equal(lstatSync(outside).mode & 0o7777, 0o755)
      closeSync(fd)
      directory[Symbol.dispose]()
    },
  }
}

async function* piecesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000)
}

test('mergeArchive() joins directories, replaces the rest and makes parents that no member names', async () => {
  using place = places()
  mkdirSync(join(place.inside, 'd'))
  writeFileSync(join(place.inside, 'd/kept'), 'kept')
  writeFileSync(join(place.inside, 'd/old'), 'old')
  linkSync(join(place.inside, 'd/old'), join(place.inside, 'second-name'))
  await place.merge([
    { name: './', type: 'directory', mode: 0o700 },
    { name: 'd/', type: 'directory', mode: 0o750, mtimeSeconds: 1000 },
    { name: 'd/old', body: 'new', mode: 0o4711, mtimeSeconds: 2000 },
    { name: 'a/b/../c', body: 'deep' },
    { name: 'link', type: 'symlink', linkName: '../../anywhere' },
    { name: 'hard', type: 'link', linkName: '/d/old' },
    { name: '/absolute', body: Buffer.alloc(3_000_000, 'x') },
  ])
  const at = (name: string) => join(place.inside, name)
  assert.equal(readFileSync(at('d/kept'), 'utf8'), 'kept')
  assert.equal(readFileSync(at('d/old'), 'utf8'), 'new')
  assert.equal(readFileSync(at('second-name'), 'utf8'), 'old')
  assert.equal(readFileSync(at('a/c'), 'utf8'), 'deep')
  assert.equal(readlinkSync(at('link')), '../../anywhere')
  assert.equal(lstatSync(at('hard')).ino, lstatSync(at('d/old')).ino)
  assert.equal(lstatSync(at('absolute')).size, 3_000_000)
  assert.deepEqual(
    ['.', 'd', 'd/old', 'a'].map((name) => lstatSync(at(name)).mode & 0o7777),
    [0o755, 0o750, 0o4711, 0o755],
  )
  assert.deepEqual(
    ['d', 'd/old'].map((name) => lstatSync(at(name)).mtimeMs),
    [1_000_000, 2_000_000],
  )
})

test('mergeArchive() gives files to whom it is told, with their attributes', asRoot, async () => {
  using place = places()
  const members = [{ name: 'f', uid: 5, gid: 6, xattrs: new Map([['user.mark', 'x']]) }]
  const ownerOf = (name: string) => [
    lstatSync(join(place.inside, name)).uid,
    lstatSync(join(place.inside, name)).gid,
  ]
  await place.merge(members, { owner: 'archive' })
  assert.deepEqual(ownerOf('f'), [5, 6])
  assert.deepEqual(linuxKernel.listXattrs(join(place.inside, 'f')), ['user.mark'])
  await place.merge(members, { owner: { uid: 7, gid: 8 } })
  assert.deepEqual(ownerOf('f'), [7, 8])
  await place.merge(members)
  assert.deepEqual([ownerOf('f'), linuxKernel.listXattrs(join(place.inside, 'f'))], [[0, 0], []])
})

test('mergeArchive() puts a directory in the place of something else, and the reverse, only when it is told to', async () => {
  using place = places()
  mkdirSync(join(place.inside, 'd/below'), { recursive: true })
  symlinkSync(place.outside, join(place.inside, 'd/below/link'))
  writeFileSync(join(place.inside, 'f'), 'old')
  const fileForDirectory = [{ name: 'd', body: 'x' }]
  const directoryForFile: TarMember[] = [{ name: 'f/', type: 'directory' }]
  const { inside } = place
  await assert.rejects(place.merge(fileForDirectory), {
    message: `cannot overwrite directory "${inside}/d" with non-directory "${inside}"`,
  })
  await assert.rejects(place.merge(directoryForFile), {
    message: `cannot overwrite non-directory "${inside}/f" with directory "${inside}"`,
  })
  assert.equal(readFileSync(join(inside, 'f'), 'utf8'), 'old')
  await place.merge([...fileForDirectory, ...directoryForFile, { name: 'f/in' }], {
    replacesDirectories: true,
  })
  assert.ok(lstatSync(join(inside, 'd')).isFile() && existsSync(join(inside, 'f/in')))
})

test('mergeArchive() leaves no half of a file, and one that it cannot replace as a whole alone', async () => {
  using place = places()
  writeFileSync(join(place.inside, 'f'), 'old')
  for (const name of ['f', 'new']) {
    const archive = Buffer.concat(await Array.fromAsync(packTar([{ name, body: 'x'.repeat(5000) }])))
    await assert.rejects(place.mergeBytes(archive.subarray(0, 3000)), { code: 'data-loss' })
  }
  assert.equal(readFileSync(join(place.inside, 'f'), 'utf8'), 'old')
  assert.deepEqual(readdirSync(place.inside), ['f'])
})

test('mergeArchive() refuses names and links that leave the target', async () => {
  using place = places()
  symlinkSync(place.outside, join(place.inside, 'out'))
  const refusals: [member: TarMember, message: RegExp][] = [
    [{ name: '../up' }, /^"\.\.\/up" is outside of ".*inside"$/],
    [{ name: 'a/../../up' }, /is outside of/],
    [{ name: 'out/file', body: 'x' }, /^Cannot unpack "out\/file": too many symbolic links/],
    [{ name: 'out/deep/file', body: 'x' }, /symbolic links/],
    [{ name: 'h', type: 'link', linkName: '../outside/file' }, /^invalid hardlink "h" -> /],
    [{ name: 'h', type: 'link', linkName: 'out/file' }, /symbolic links/],
    [{ name: 'h', type: 'link', linkName: 'nothing' }, /no such file/],
    [{ name: '.', type: 'symlink', linkName: '/' }, /must stay a directory/],
    [{ name: 'x'.repeat(300) }, /name too long/],
    [{ name: 'd/'.repeat(1100) }, /directories deep/],
  ]
  for (const [member, message] of refusals) await assert.rejects(place.merge([member]), { message })
})

test('mergeArchive() follows links on the way in the root that it is given, and no further', async () => {
  using place = places()
  mkdirSync(join(place.inside, 'target'))
  mkdirSync(join(place.inside, 'elsewhere'))
  symlinkSync('/elsewhere', join(place.inside, 'target/absolute'))
  symlinkSync('../../../../elsewhere', join(place.inside, 'target/relative'))
  symlinkSync('/nothing', join(place.inside, 'target/broken'))
  const [rootFd, fd] = [openSync(place.inside, 'r'), openSync(join(place.inside, 'target'), 'r')]
  try {
    const target = { fd, path: '/target', rootFd }
    await place.merge(
      [
        { name: 'absolute/a', body: 'a' },
        { name: 'relative/r', body: 'r' },
      ],
      { target },
    )
    assert.deepEqual(readdirSync(join(place.inside, 'elsewhere')), ['a', 'r'])
    await assert.rejects(place.merge([{ name: 'broken/x' }], { target }), /file already exists/)
  } finally {
    closeSync(rootFd)
    closeSync(fd)
  }
})

test('mergeArchive() reads compressed archives, and sparse files with their holes', async () => {
  using place = places()
  using source = temporaryDirectory()
  const holes = openSync(join(source.path, 'holes'), 'w')
  for (const offset of [1_000_000, 3_000_000]) writeSync(holes, Buffer.alloc(70_000, 'x'), 0, 70_000, offset)
  ftruncateSync(holes, 4_000_000)
  closeSync(holes)
  for (const format of ['gnu', 'pax']) {
    const archive = execFileSync('tar', ['cS', `--format=${format}`, '-C', source.path, 'holes'])
    assert.ok(archive.length < 1_000_000)
    await place.mergeBytes(gzipSync(archive))
    const copied = join(place.inside, 'holes')
    assert.ok(readFileSync(copied).equals(readFileSync(join(source.path, 'holes'))))
    assert.ok(lstatSync(copied).blocks * 512 < 1_000_000)
  }
})
