import { isCoded, type ErrorCode } from '@berth/stdx'
import fc from 'fast-check'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatHeader } from './format-header.ts'
import { packTar, type TarMember } from './pack-tar.ts'
import { formatPaxRecord } from './pax.ts'
import { tarPadding, type TarEntry } from './tar-entry.ts'
import { TarReader } from './tar-reader.ts'

type Seen = TarEntry & { bodyOffset: number; body: string }

function read(archive: Uint8Array, pieceBytes = archive.length): Seen[] {
  const seen: Seen[] = []
  const reader = new TarReader({
    onEntry: (entry, bodyOffset) => seen.push({ ...entry, bodyOffset, body: '' }),
    onBody: (piece) => {
      const last = seen.at(-1)
      if (last) last.body += Buffer.from(piece).toString('latin1')
    },
  })
  for (let at = 0; at < archive.length; at += pieceBytes) reader.push(archive.subarray(at, at + pieceBytes))
  reader.end()
  return seen
}

const pack = async (members: TarMember[]): Promise<Buffer> =>
  Buffer.concat(await Array.fromAsync(packTar(members)))
const names = (archive: Uint8Array): string[] =>
  read(archive).map(({ name, body }) => (body === '' ? name : `${name}=${body}`))

const plain = {
  linkName: '',
  mode: 0o644,
  uid: 0,
  gid: 0,
  mtimeSeconds: 0,
  mtimeNanoseconds: 0,
  major: 0,
  minor: 0,
  xattrs: new Map<string, string>(),
}

interface RawHeader {
  name: string
  typeFlag?: string
  body?: string
  /** What the header says; the body's size when left out. */
  size?: string
  magic?: string
}

/** A member byte by byte, so that it can lie; the checksum is right. */
function raw({ name, typeFlag = '0', body = '', size, magic }: RawHeader): Buffer {
  const header = formatHeader({ ...plain, type: 'file', name, sizeBytes: body.length })
  header.write(typeFlag, 156, 'latin1')
  if (size !== undefined) header.write(size, 124, 12, 'latin1')
  if (magic !== undefined) header.write(magic, 257, 8, 'latin1')
  fixChecksum(header)
  return Buffer.concat([header, Buffer.from(body, 'latin1'), Buffer.alloc(tarPadding(body.length))])
}

function fixChecksum(header: Buffer): void {
  header.fill(0x20, 148, 156)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
}

const pax = (records: [string, string][], typeFlag = 'x'): Buffer =>
  raw({ name: 'pax', typeFlag, body: records.map(([key, value]) => formatPaxRecord(key, value)).join('') })
const end = Buffer.alloc(1024)
const archive = (...parts: Buffer[]): Buffer => Buffer.concat([...parts, end])
const gnuMagic = 'ustar  \0'

/** What Go's archive/tar makes of each, where programs differ. */
const accepted: [string, Buffer, string[]][] = [
  [
    'PAX size over the header size',
    archive(pax([['size', '3']]), raw({ name: 'a', body: 'abc', size: '00000000000\0' }), raw({ name: 'b' })),
    ['a=abc', 'b'],
  ],
  [
    'PAX path before a GNU long name',
    archive(
      pax([['path', 'pax']]),
      raw({ name: 'L', typeFlag: 'L', body: 'long\0', magic: gnuMagic }),
      raw({ name: 'a' }),
    ),
    ['long'],
  ],
  [
    'GNU long name before PAX path',
    archive(raw({ name: 'L', typeFlag: 'L', body: 'long\0' }), pax([['path', 'pax']]), raw({ name: 'a' })),
    ['long'],
  ],
  [
    'duplicate PAX keys',
    archive(
      pax([
        ['path', 'first'],
        ['path', 'second'],
      ]),
      raw({ name: 'a' }),
    ),
    ['second'],
  ],
  ['an empty PAX value', archive(pax([['path', '']]), raw({ name: 'a' })), ['a']],
  [
    'a second PAX header',
    archive(pax([['path', 'first']]), pax([['mtime', '1']]), raw({ name: 'a' })),
    ['a'],
  ],
  ['a global PAX path', archive(pax([['path', 'global']], 'g'), raw({ name: 'a' })), ['a']],
  ['one zero block', Buffer.concat([raw({ name: 'a' }), Buffer.alloc(512)]), ['a']],
  ['no zero block', raw({ name: 'a' }), ['a']],
  ['missing padding', raw({ name: 'a', body: 'x' }).subarray(0, 513), ['a=x']],
  ['anything behind the end', Buffer.concat([archive(raw({ name: 'a' })), Buffer.from('garbage')]), ['a']],
  [
    'a size on a directory',
    archive(raw({ name: 'd', typeFlag: '5', size: '00000001000\0' }), raw({ name: 'b' })),
    ['d', 'b'],
  ],
  [
    'a long name cut at a NUL',
    archive(raw({ name: 'L', typeFlag: 'L', body: 'long\0er' }), raw({ name: 'a' })),
    ['long'],
  ],
  ['no bytes at all', Buffer.alloc(0), []],
]

for (const [what, bytes, expected] of accepted) {
  test(`TarReader reads ${what} as archive/tar does`, () => assert.deepEqual(names(bytes), expected))
}

const negative = Buffer.from('ffffffffffffffffffffffff', 'hex').toString('latin1')
const refused: [string, Buffer, string, RegExp][] = [
  ['a NUL in a PAX path', archive(pax([['path', 'a\0b']]), raw({ name: 'a' })), 'invalid-argument', /NUL/],
  ['a negative size', archive(raw({ name: 'a', size: negative })), 'invalid-argument', /negative/],
  ['a negative PAX size', archive(pax([['size', '-1']]), raw({ name: 'a' })), 'invalid-argument', /negative/],
  [
    'a negative extended header',
    archive(raw({ name: 'a', typeFlag: 'x', size: negative })),
    'invalid-argument',
    /negative/,
  ],
  [
    'a PAX size that is no number',
    archive(pax([['size', '0x10']]), raw({ name: 'a' })),
    'invalid-argument',
    /decimal/,
  ],
  [
    'a zero block in the middle',
    archive(raw({ name: 'a' }), Buffer.alloc(512), raw({ name: 'b' })),
    'invalid-argument',
    /zero block/,
  ],
  ['a truncated body', raw({ name: 'a', body: 'abc' }).subarray(0, 514), 'data-loss', /unexpected end/],
  ['a truncated header', raw({ name: 'a' }).subarray(0, 100), 'data-loss', /unexpected end/],
  ['a truncated extended header', pax([['path', 'a']]).subarray(0, 515), 'data-loss', /unexpected end/],
  [
    'a PAX header of 1 GB',
    archive(raw({ name: 'a', typeFlag: 'x', size: '10000000000\0' })),
    'invalid-argument',
    /larger than/,
  ],
  [
    'a GNU long name of 8 EiB',
    archive(raw({ name: 'a', typeFlag: 'L', size: `\x80${'\0'.repeat(3)}\x7f${'\xff'.repeat(7)}` })),
    'invalid-argument',
    /out of range/,
  ],
  ['an unknown type', archive(raw({ name: 'a', typeFlag: 'V' })), 'invalid-argument', /unknown type/],
  [
    'a PAX record that is too short',
    archive(raw({ name: 'a', typeFlag: 'x', body: '3 =' })),
    'invalid-argument',
    /wrong length/,
  ],
  [
    'a PAX record beyond its header',
    archive(raw({ name: 'a', typeFlag: 'x', body: '99 a=b\n' })),
    'invalid-argument',
    /wrong length/,
  ],
  [
    'a sparse map that overlaps',
    archive(sparse01('0,2,1,2', 4), raw({ name: 'a', body: 'abcd' })),
    'invalid-argument',
    /out of order/,
  ],
  [
    'a sparse map beyond the file',
    archive(sparse01('0,2,9,2', 4), raw({ name: 'a', body: 'abcd' })),
    'invalid-argument',
    /out of order/,
  ],
  [
    'a sparse map shorter than the body',
    archive(sparse01('0,2', 4), raw({ name: 'a', body: 'abcd' })),
    'invalid-argument',
    /stored size/,
  ],
]

function sparse01(map: string, realSize: number): Buffer {
  const count = String(map.split(',').length / 2)
  return pax([
    ['GNU.sparse.major', '0'],
    ['GNU.sparse.minor', '1'],
    ['GNU.sparse.name', 'real'],
    ['GNU.sparse.size', String(realSize)],
    ['GNU.sparse.numblocks', count],
    ['GNU.sparse.map', map],
  ])
}

for (const [what, bytes, code, message] of refused) {
  test(`TarReader refuses ${what} as archive/tar does`, () => {
    assert.throws(
      () => read(bytes),
      (error) => isCoded(error, code as ErrorCode) && message.test(error.message),
    )
  })
}

test('TarReader refuses a header whose checksum is wrong', () => {
  const bytes = archive(raw({ name: 'a' }))
  bytes[0] = 0x62
  assert.throws(() => read(bytes), /checksum/)
})

test('TarReader gives sparse files of formats 0.0, 0.1 and 1.0', () => {
  const expected = {
    name: 'real',
    sizeBytes: 8,
    fragments: [
      { offset: 1, sizeBytes: 2 },
      { offset: 5, sizeBytes: 1 },
    ],
  }
  const zeroZero = pax([
    ['GNU.sparse.major', '0'],
    ['GNU.sparse.minor', '0'],
    ['GNU.sparse.name', 'real'],
    ['GNU.sparse.size', '8'],
    ['GNU.sparse.numblocks', '2'],
    ['GNU.sparse.offset', '1'],
    ['GNU.sparse.numbytes', '2'],
    ['GNU.sparse.offset', '5'],
    ['GNU.sparse.numbytes', '1'],
  ])
  const one = pax([
    ['GNU.sparse.major', '1'],
    ['GNU.sparse.minor', '0'],
    ['GNU.sparse.name', 'real'],
    ['GNU.sparse.realsize', '8'],
  ])
  const map = '2\n1\n2\n5\n1\n'.padEnd(512, '\0')
  const archives = [
    archive(zeroZero, raw({ name: 'a', body: 'xyz' })),
    archive(sparse01('1,2,5,1', 8), raw({ name: 'a', body: 'xyz' })),
    archive(one, raw({ name: 'a', body: `${map}xyz` })),
  ]
  for (const bytes of archives) {
    const [entry] = read(bytes)
    assert.ok(entry)
    const { name, sizeBytes, fragments } = entry
    assert.deepEqual({ name, sizeBytes, fragments }, expected)
    assert.equal(bytes.toString('latin1', entry.bodyOffset, entry.bodyOffset + 3), 'xyz')
  }
})

test('TarReader reads attributes in the forms of star and of libarchive', () => {
  const value = Buffer.from([0, 255, 10]).toString('latin1')
  const [entry] = read(
    archive(
      pax([
        ['SCHILY.xattr.user.a', value],
        ['LIBARCHIVE.xattr.user.%41%3d', Buffer.from([1, 2]).toString('base64')],
      ]),
      raw({ name: 'a' }),
    ),
  )
  assert.deepEqual(
    entry?.xattrs,
    new Map([
      ['user.A=', '\x01\x02'],
      ['user.a', value],
    ]),
  )
})

const anyText = (max: number): fc.Arbitrary<string> =>
  fc
    .uint8Array({ minLength: 1, maxLength: max })
    .map((bytes) => Buffer.from(bytes.map((byte) => byte || 1)).toString('latin1'))
const number = fc.oneof(fc.nat(), fc.nat({ max: 2 ** 40 }))
const anyMember: fc.Arbitrary<TarMember> = fc.record({
  name: anyText(300),
  mode: fc.nat({ max: 0o7777 }),
  uid: number,
  gid: number,
  mtimeSeconds: fc.oneof(fc.integer(), fc.integer({ min: -(2 ** 40), max: 2 ** 40 })),
  mtimeNanoseconds: fc.oneof(fc.constant(0), fc.nat({ max: 999_999_999 })),
  xattrs: fc
    .uniqueArray(
      fc.tuple(
        anyText(20).map((name) => `user.${name.replaceAll('=', '')}`),
        anyText(40),
      ),
      { selector: ([name]) => name },
    )
    .map((pairs) => new Map(pairs)),
  body: fc.uint8Array({ maxLength: 1200 }),
})

test('TarReader reads what packTar() wrote, in pieces of any size', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyMember, { maxLength: 5 }),
      fc.integer({ min: 1, max: 3000 }),
      async (members, pieceBytes) => {
        const bytes = await pack(members)
        const expected = members.map(({ body, ...member }) => ({
          ...plain,
          type: 'file',
          ...member,
          sizeBytes: (body as Uint8Array).length,
          body: Buffer.from(body as Uint8Array).toString('latin1'),
          bodyOffset: 0,
        }))
        assert.deepEqual(
          read(bytes, pieceBytes).map((entry) => ({ ...entry, bodyOffset: 0 })),
          expected,
        )
      },
    ),
    { numRuns: 200 },
  )
})

test('TarReader meets random and mutated bytes with nothing but coded errors', async () => {
  const base = archive(
    sparse01('1,2,5,1', 8),
    raw({ name: 'sparse', body: 'xyz' }),
    raw({ name: 'L', typeFlag: 'L', body: `${'n'.repeat(200)}\0` }),
    ...(
      await Array.fromAsync(
        packTar([{ name: 'b'.repeat(150), body: 'text', xattrs: new Map([['user.a', 'b']]) }]),
      )
    ).map((piece) => Buffer.from(piece)),
  )
  const mutation = fc.record({
    at: fc.nat({ max: base.length - 1 }),
    byte: fc.nat({ max: 255 }),
    fix: fc.boolean(),
  })
  const mutated = fc.array(mutation, { minLength: 1, maxLength: 4 }).map((mutations) => {
    const bytes = Buffer.from(base)
    for (const { at, byte, fix } of mutations) {
      bytes[at] = byte
      if (fix) fixChecksum(bytes.subarray(at - (at % 512), at - (at % 512) + 512))
    }
    return bytes
  })
  const random = fc.uint8Array({ maxLength: 2000 })
  fc.assert(
    fc.property(fc.oneof(mutated, random), (bytes) => {
      try {
        read(bytes)
      } catch (error) {
        assert.ok(isCoded(error, 'invalid-argument', 'data-loss'), String(error))
      }
    }),
    { numRuns: 1000 },
  )
})
