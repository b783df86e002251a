import { isCoded, messageOf } from '@berth/stdx'
import fc from 'fast-check'
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { zstdCompressSync } from 'node:zlib'
import { mounting } from './testsuite/kernel-needs.ts'
import { mountLayer } from './testsuite/mount-layer.ts'
import { rawArchive, type RawMember } from './testsuite/raw-archive.ts'
import { readTree } from './testsuite/read-tree.ts'
import { temporaryDirectory } from './testsuite/temporary-directory.ts'
import { packTar, type TarMember } from './tar/pack-tar.ts'
import { byteString } from './tar/tar-entry.ts'
import type { LayerLimits } from './layer-limits.ts'
import { writeLayer } from './write-layer.ts'

const file = (name: string, body = 'x'): TarMember => ({ name, body })
const directory = (name: string, more: Partial<TarMember> = {}): TarMember => ({
  name,
  type: 'directory',
  ...more,
})
const symlink = (name: string, linkName: string): TarMember => ({ name, type: 'symlink', linkName })
const link = (name: string, linkName: string): TarMember => ({ name, type: 'link', linkName })
/** More parents than any directory has. */
const upwards = '../'.repeat(40)

type Outcome = { names: string[]; tree: ReturnType<typeof readTree> } | { error: string }

/** A directory of the host that archives try to reach, beside a place for layers. */
class Host {
  readonly #directory = temporaryDirectory()
  readonly target = join(this.#directory.path, 'target')
  #layers = 0

  constructor() {
    mkdirSync(this.target, { mode: 0o755 })
    writeFileSync(join(this.target, 'secret'), 'of the host')
  }

  /** All that could be changed: of the target, and of what lies beside it. */
  state(): string {
    const format = '%p %y %m %U %G %n %T@ %s %l\\n'
    const found = execFileSync('find', [this.target, '-printf', format], { encoding: 'utf8' })
    return found + readFileSync(join(this.target, 'secret'), 'utf8')
  }

  /** Writes an archive in both formats, which must agree, and returns what came of it. */
  async write(archive: Buffer, limits: Partial<LayerLimits> = {}): Promise<Outcome> {
    const [tree, erofs] = [
      await this.#write(archive, 'tree', limits),
      await this.#write(archive, 'erofs', limits),
    ]
    if ('error' in tree) assert.deepEqual(erofs, tree)
    else {
      assert.ok('tree' in erofs, 'error' in erofs ? erofs.error : '')
      assert.deepEqual(erofs.tree, tree.tree)
    }
    return tree
  }

  async #write(archive: Buffer, format: 'tree' | 'erofs', limits: Partial<LayerLimits>): Promise<Outcome> {
    const path = join(this.#directory.path, `layer-${this.#layers++}`)
    mkdirSync(path)
    writeFileSync(`${path}.tar`, archive)
    try {
      await writeLayer({ source: `${path}.tar`, compression: 'auto', format, directory: path, limits })
    } catch (error) {
      assert.ok(isCoded(error, 'invalid-argument', 'data-loss'), messageOf(error))
      return { error: error.message }
    }
    if (format === 'tree') return outcome(join(path, 'tree'))
    using mounted = mountLayer(path)
    return outcome(mounted.path)
  }

  [Symbol.dispose](): void {
    this.#directory[Symbol.dispose]()
  }
}

function outcome(path: string): Outcome {
  const tree = readTree(path)
  return { names: Object.keys(tree).slice(1).sort(), tree }
}

const pack = async (members: readonly TarMember[]): Promise<Buffer> =>
  Buffer.concat(await Array.fromAsync(packTar(members)))

/** Names that a layer holds in the end, or a pattern of the words in which it is refused. */
type Expected = readonly string[] | RegExp
type Case = [members: readonly (TarMember | RawMember)[], expected: Expected]

const isRaw = (member: TarMember | RawMember): member is RawMember => 'member' in member

/** Each archive is refused, or lands inside; the host stays as it was. */
function hostile(name: string, cases: (target: string) => readonly Case[]): void {
  test(name, mounting, async () => {
    using host = new Host()
    const before = host.state()
    for (const [members, expected] of cases(host.target)) {
      const archive = await rawArchive(members.map((one) => (isRaw(one) ? one : { member: one })))
      const result = await host.write(archive)
      if (expected instanceof RegExp) assert.match('error' in result ? result.error : 'no error', expected)
      else assert.deepEqual('error' in result ? result.error : result.names, expected)
      assert.equal(host.state(), before)
    }
  })
}

const inside = (target: string, ...more: string[]): string[] => {
  const parts = target.split('/').slice(1)
  return [...parts.map((_, index) => parts.slice(0, index + 1).join('/')), ...more].sort()
}

hostile('CVE-2014-6407: links of a layer lead to nothing of the host', (target) => [
  [[symlink('a', target), file('a/x')], inside(target, `${target.slice(1)}/x`, 'a')],
  [[symlink('a', `${upwards}${target.slice(1)}`), file('a/x')], inside(target, `${target.slice(1)}/x`, 'a')],
  [[link('a', `../..${target}/secret`)], /leaves the root of the layer/],
  [[link('a', `${target}/secret`)], /is not in the layer/],
  [[symlink('out', target), link('a', 'out/secret')], /is not in the layer/],
])

hostile(
  'CVE-2021-41089, CVE-2021-32760: modes and owners of a directory that became a link go to no other',
  (target) => {
    const change = { mode: 0o777, uid: 1000, gid: 1000, mtimeSeconds: 1 }
    return [
      [[directory('d'), symlink('d', target), directory('d', change)], ['d']],
      [[symlink('d', target), directory('d/', change)], ['d']],
      [[symlink('d', target), directory('d/.', change)], ['d']],
      [[directory(`${upwards}${target.slice(1)}`, change)], /leaves the root/],
      [[directory(target, change)], inside(target)],
    ]
  },
)

hostile(
  'CVE-2026-17106, CVE-2026-50162, CVE-2026-50163: chains of links, and links by the working directory',
  (target) => {
    const chains: Case[] = [2, 3, 4, 5, 6].flatMap((length): Case[] => {
      const names = Array.from({ length }, (_, index) => `l${index}`)
      const to = (last: string) =>
        names.map((name, index) => symlink(name, index === length - 1 ? last : `./${names[index + 1]}/.`))
      return [
        [[...to(target), file('l0/x')], inside(target, `${target.slice(1)}/x`, ...names)],
        [[...to(`..//../.${target}`), file('l0/./x')], inside(target, `${target.slice(1)}/x`, ...names)],
        [[...to(target), link('leak', 'l0/secret')], /is not in the layer/],
      ]
    })
    return [
      ...chains,
      [
        [directory('d'), symlink('d/up', '..'), symlink('e', 'd/up/../..'), file(`e${target}/x`)],
        inside(target, `${target.slice(1)}/x`, 'd', 'd/up', 'e'),
      ],
      [[link('leak', 'package.json')], /is not in the layer/],
      [[link('leak', './package.json')], /is not in the layer/],
      [[link('leak', join(process.cwd(), 'package.json'))], /is not in the layer/],
      [[link('leak', '/proc/self/cwd/package.json')], /is not in the layer/],
    ]
  },
)

test('CVE-2026-17106: there is a file in the working directory that a link could have taken', () => {
  assert.ok(existsSync('package.json'))
})

hostile('CVE-2021-29136: the root of a layer is a directory and nothing else', (target) => [
  ...(['.', './', '/', '//', './.', 'a/..', ''] as const).flatMap((name): Case[] => [
    [[symlink(name, target), file('x')], /root of a layer must be a directory|name/],
    [[file('a'), link(name, 'a')], /root of a layer must be a directory|name/],
    [[{ name, type: 'fifo' }], /root of a layer must be a directory|name/],
  ]),
  [[directory('./', { mode: 0o700 }), file('x')], ['x']],
])

hostile(
  'CVE-2026-23745, CVE-2026-24842, CVE-2026-29786, CVE-2026-31802: targets of links are names of the layer',
  (target) => [
    [[link('a', target)], /is not in the layer/],
    [[file('b/c/secret'), link('b/a', 'c/secret')], /is not in the layer/],
    [
      [file('secret'), link('b/a', 'secret')],
      ['b', 'b/a', 'secret'],
    ],
    [[link('a', `C:${target}/secret`)], /is not in the layer/],
    [[link('a', 'C:../secret')], /is not in the layer/],
    [[symlink('c:', target), file('c:/x')], inside(target, `${target.slice(1)}/x`, 'c:')],
    [
      [symlink('a', 'c:\\..\\x'), file('a/y')],
      ['a', 'c:\\..\\x', 'c:\\..\\x/y'],
    ],
  ],
)

hostile('CVE-2026-26960: a hard link through a chain of symbolic links stays in the layer', (target) => [
  [
    [directory('a'), symlink('a/b', '../..'), symlink('c', 'a/b/../..'), link('leak', `c${target}/secret`)],
    /is not in the layer/,
  ],
  [[symlink('c', target), link('leak', 'c/../target/secret')], /is not in the layer/],
])

hostile('CVE-2026-23950: names that look alike to people are not alike', () => [
  [
    [file('stra\u00c3\u009fe'), file('strasse'), file('STRASSE')],
    ['STRASSE', 'strasse', 'stra\u00c3\u009fe'],
  ],
  [
    [symlink('\u00c3\u00a9', '/etc'), directory('e\u00cc\u0081'), file('e\u00cc\u0081/x')],
    ['e\u00cc\u0081', 'e\u00cc\u0081/x', '\u00c3\u00a9'],
  ],
])

const paxMember = (records: string, size?: string): RawMember => ({
  member: file('pax', records),
  fields: { 156: Buffer.from('x'), ...(size === undefined ? {} : { 124: Buffer.from(size) }) },
})
const record = (text: string): string => {
  const bare = text.length + 2
  const length = bare + String(bare).length
  return `${length + (String(length).length - String(bare).length)} ${text}\n`
}
const sized = (name: string, body: string, size: string): RawMember => ({
  member: file(name, body),
  fields: { 124: Buffer.from(`${size}\0`) },
})

hostile('CVE-2025-62518: the size of a PAX header is what is stepped over, so nothing is smuggled', () => {
  // Who believes the header's size of 0 finds a member in the body of another.
  const inner = (name: string): string => {
    const header = Buffer.alloc(512)
    header.write(name, 0)
    header.write('0000644\0', 100)
    header.write('0000000\0'.repeat(2), 108)
    header.write('00000000000\0'.repeat(2), 124)
    header.write('        0', 148)
    header.write('ustar\x0000', 257)
    const sum = header.reduce((total, byte) => total + byte, 0)
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
    return header.toString('latin1')
  }
  return [
    [
      [paxMember(record('size=512')), sized('outer', inner('smuggled'), '00000000000'), file('b')],
      ['b', 'outer'],
    ],
    [
      [paxMember(record('size=512')), sized('outer', inner('smuggled'), '00000001000'), file('b')],
      ['b', 'outer'],
    ],
    [[paxMember(record('size=-1')), file('a')], /negative|number|decimal|PAX/i],
    [[paxMember(record('size=1e3')), file('a')], /number|decimal|PAX/i],
    [[paxMember(record('path=first') + record('path=second')), file('a')], ['second']],
    [[paxMember(record('path=with\0nul')), file('a')], /NUL|PAX|name/i],
    [[paxMember('999999999999999999999 path=x\n'), file('a')], /PAX|record/i],
  ]
})

hostile('CVE-2026-53655: a size that stands over extended headers themselves changes nothing', () => [
  [
    [paxMember(record('size=512')), paxMember(record('path=renamed')), file('a', 'y'.repeat(512)), file('b')],
    ['b', 'renamed'],
  ],
])

hostile('whiteouts hide nothing outside, whatever they are called', (target) => [
  [[file('a/.wh.')], /whiteout of no name/],
  [[file('a/.wh..')], /whiteout of no name/],
  [[file('a/.wh...')], /whiteout of no name/],
  [[file('.wh.../x')], ['.wh...', '.wh.../x'].slice(0, 0).concat(['.wh...', '.wh.../x'])],
  [[file(`${upwards}${target.slice(1)}/.wh.secret`)], /leaves the root/],
  [[symlink('a', target), file('a/.wh.secret')], inside(target, `${target.slice(1)}/secret`, 'a')],
  [[symlink('a', target), file('a/.wh..wh..opq')], inside(target, 'a')],
])

test('whiteouts mean the same in any order', mounting, async () => {
  using host = new Host()
  const members = [
    directory('d'),
    file('d/kept'),
    file('d/.wh..wh..opq'),
    file('.wh.gone'),
    file('.wh.back'),
    directory('back'),
    file('back/new'),
  ]
  let expected: Outcome | undefined
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray(members, { minLength: members.length }), async (order) => {
      const result = await host.write(await pack(order))
      expected ??= result
      assert.deepEqual(result, expected)
    }),
    { numRuns: 12 },
  )
})

hostile('bombs: names, depth and headers beyond their limits are refused', () => [
  [[file('n'.repeat(256))], /longer than 255 bytes/],
  [[file(`${'d/'.repeat(1025)}x`)], /more than 1024 directories deep/],
  [[file(`${'d/'.repeat(4096)}x`)], /more than 1024 directories deep/],
  [
    [paxMember(record('path=x'), '00004000001\0'), file('a')],
    /an extended header is larger than 1048576 bytes/,
  ],
  [
    [paxMember(record('path=x'), '07777777777\0'), file('a')],
    /an extended header is larger than 1048576 bytes/,
  ],
  [
    [{ member: file('long', 'x'), fields: { 156: Buffer.from('L'), 124: Buffer.from('07777777777\0') } }],
    /an extended header is larger than 1048576 bytes/,
  ],
])

test(
  'bombs: entries and hard links are counted, and many of them stay within the limit',
  mounting,
  async () => {
    using host = new Host()
    const limits = { entriesMax: 1000 }
    const files = (count: number) => Array.from({ length: count }, (_, index) => file(`f${index}`, ''))
    const links = (count: number) => [
      file('a'),
      ...Array.from({ length: count }, (_, index) => link(`l${index}`, 'a')),
    ]
    assert.ok('names' in (await host.write(await pack(files(1000)), limits)))
    assert.ok('names' in (await host.write(await pack(links(999)), limits)))
    for (const members of [files(1001), links(1000), [file('d/'.repeat(1000) + 'x')]])
      assert.deepEqual(await host.write(await pack(members), limits), {
        error: 'Cannot unpack layer: it has more than 1000 entries',
      })
  },
)

test('bombs: names, targets, attributes and directories are counted together', async () => {
  using host = new Host()
  const limits = { metadataBytesMax: 10_000 }
  const name = 'n'.repeat(100)
  const members: [TarMember, fitting: number][] = [
    [file(name), 100],
    [symlink('s', name), 99],
    [{ name: 'x', body: '', xattrs: new Map([['user.a', name]]) }, 14],
    [{ name: 'd', type: 'directory' }, 19],
  ]
  for (const [member, fitting] of members) {
    const many = (count: number) => Array.from({ length: count }, () => member)
    assert.ok('names' in (await host.write(await pack(many(fitting)), limits)))
    assert.deepEqual(await host.write(await pack(many(fitting + 1)), limits), {
      error: 'Cannot unpack layer: names and attributes of its entries take more than 10000 bytes',
    })
  }
  const implied = (count: number) => Array.from({ length: count }, (_, index) => file(`${index + 10}/f`))
  assert.ok('names' in (await host.write(await pack(implied(19)), limits)))
  assert.ok('error' in (await host.write(await pack(implied(20)), limits)))
})

test('bombs: what expands a thousandfold is refused once 100 MB are out', mounting, async () => {
  using host = new Host()
  const archive = await pack([{ name: 'zero', body: Buffer.alloc(130 * 1024 * 1024) }])
  assert.deepEqual(await host.write(zstdCompressSync(archive)), {
    error: 'Cannot unpack layer: it is more than 1100 times its compressed size',
  })
})

test('CVE-2017-14992: a size that is only claimed takes no memory', mounting, async () => {
  using host = new Host()
  // Base 256: a leading bit, then the number.
  const eightExbibytes = Buffer.alloc(12)
  eightExbibytes[0] = 0x80
  eightExbibytes.writeBigUInt64BE(2n ** 63n - 1n, 4)
  const before = process.memoryUsage().rss
  for (const size of [Buffer.from('77777777777\0'), eightExbibytes]) {
    const result = await host.write(await rawArchive([{ member: file('a'), fields: { 124: size } }]))
    assert.match(
      'error' in result ? result.error : 'no error',
      /unexpected end of the archive|number is too large|out of range|size/,
    )
  }
  const claimed = await host.write(
    await rawArchive([paxMember(record('size=9223372036854775807')), { member: file('a') }]),
  )
  assert.ok('error' in claimed)
  assert.ok(process.memoryUsage().rss - before < 64 * 1024 * 1024)
})

const component = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('a', 'b', 'c', 'link', 'target', 'secret', 'proc', 'etc') },
  { weight: 2, arbitrary: fc.constantFrom('..', '.', '', '.wh.a', '.wh..wh..opq', '.wh.', 'C:', '\\..\\') },
  {
    weight: 1,
    arbitrary: fc
      .string({ unit: 'binary', minLength: 1, maxLength: 20 })
      .map((text) => byteString(text).replaceAll('\0', '_').slice(0, 60)),
  },
)
const anyPath = (target: string) =>
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.array(component, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('/')),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        target,
        `${target}/secret`,
        `${upwards}${target}`,
        `${upwards}${target}/x`,
        '/proc/self/cwd/x',
        '/dev/null',
      ),
    },
  )
const anyEntry = (target: string): fc.Arbitrary<TarMember> => {
  const attributes = {
    name: anyPath(target),
    mode: fc.nat({ max: 0o7777 }),
    uid: fc.nat({ max: 2000 }),
    mtimeSeconds: fc.nat(),
  }
  const linkName = anyPath(target).map((text) => text || '.')
  return fc.oneof(
    fc.record({ ...attributes, type: fc.constant('file' as const), body: fc.uint8Array({ maxLength: 600 }) }),
    fc.record({ ...attributes, type: fc.constant('directory' as const) }),
    fc.record({ ...attributes, type: fc.constant('symlink' as const), linkName }),
    fc.record({ ...attributes, type: fc.constant('link' as const), linkName }),
    fc.record({ ...attributes, type: fc.constant('fifo' as const) }),
    fc.record({
      ...attributes,
      type: fc.constantFrom('character-device' as const, 'block-device' as const),
      major: fc.nat({ max: 5000 }),
      minor: fc.nat({ max: 300 }),
    }),
  )
}

test('any archive changes nothing outside its layer, and is one tree in both formats', mounting, async () => {
  using host = new Host()
  const before = host.state()
  const rssBefore = process.memoryUsage().rss
  let written = 0
  await fc.assert(
    fc.asyncProperty(fc.array(anyEntry(host.target), { minLength: 1, maxLength: 12 }), async (members) => {
      const result = await host.write(await pack(members))
      if ('names' in result) written++
      assert.equal(host.state(), before)
    }),
    { numRuns: 100 },
  )
  // Archives that are all refused would show nothing.
  assert.ok(written >= 10, `${written} layers`)
  assert.ok(process.memoryUsage().rss - rssBefore < 200 * 1024 * 1024)
})
