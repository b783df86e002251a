import { isCoded } from '@berth/stdx'
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { decompressArchive } from './decompress-archive.ts'
import { decompress } from './decompress.ts'
import { withoutUnnamedCompression } from './without-unnamed-compression.ts'

const programs = ['xz', 'bzip2'] as const
type Program = (typeof programs)[number]

const compress = (program: Program, bytes: Uint8Array, ...options: string[]): Buffer =>
  execFileSync(program, ['-c', ...options], { input: bytes, maxBuffer: 1e9 })

async function* pieces(bytes: Uint8Array, size = 1024 * 1024): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

const whole = async (source: AsyncIterable<Uint8Array>): Promise<Buffer> =>
  Buffer.concat(await Array.fromAsync(source))

const decoded = (bytes: Uint8Array, size?: number): Promise<Buffer> =>
  whole(decompress(pieces(bytes, size), { compression: 'auto' }))

test('decompress() gives its source back when its thread was not asked for anything', async () => {
  let isReturned = false
  async function* source(): AsyncGenerator<Uint8Array> {
    try {
      yield compress('xz', Buffer.from('x'))
    } finally {
      isReturned = true
    }
  }
  const signal = AbortSignal.abort()
  await assert.rejects(whole(decompress(source(), { compression: 'auto', signal })), { name: 'AbortError' })
  assert.ok(isReturned)
})

for (const program of programs) {
  test(`decompress() gives what ${program} was given, however it arrives`, async () => {
    const mixed = Buffer.concat([randomBytes(300_000), Buffer.alloc(3_000_000), randomBytes(500_000)])
    for (const bytes of [mixed, Buffer.from('x'), Buffer.alloc(0)]) {
      const compressed = compress(program, bytes)
      assert.ok((await decoded(compressed)).equals(bytes))
      assert.ok((await decoded(compressed, 4096)).equals(bytes))
    }
    assert.equal((await decoded(compress(program, Buffer.from('bytewise')), 1)).toString(), 'bytewise')
  })

  test(`decompress() goes on with the next stream of ${program}`, async () => {
    const streams = ['a', 'b', 'c'].map((text) => compress(program, Buffer.from(text)))
    assert.equal((await decoded(Buffer.concat(streams))).toString(), 'abc')
    assert.equal((await decoded(Buffer.concat(streams), streams[0]?.length)).toString(), 'abc')
  })

  test(`decompress() of ${program} that is cut off, changed or garbage takes no more than a second to fail`, async () => {
    const compressed = compress(program, randomBytes(200_000))
    const changed = Buffer.from(compressed)
    changed.writeUInt8(changed.readUInt8(100_000) ^ 1, 100_000)
    const bad = [
      compressed.subarray(0, -1),
      compressed.subarray(0, compressed.length / 2),
      compressed.subarray(0, 30),
      changed,
      Buffer.concat([compressed, Buffer.from('garbage behind it')]),
      Buffer.concat([compressed.subarray(0, 10), randomBytes(100_000)]),
    ]
    for (const [index, bytes] of bad.entries()) {
      const before = process.cpuUsage()
      await assert.rejects(
        decoded(bytes),
        (error) =>
          isCoded(error, 'data-loss', 'invalid-argument') &&
          error.message.startsWith(`Cannot decompress ${program}`),
        `case ${index}`,
      )
      const { user, system } = process.cpuUsage(before)
      assert.ok(user + system < 1_000_000 * slowness, `case ${index}`)
    }
  })

  test(`decompress() of a bomb of ${program} goes as far as it is read`, async () => {
    const megabytes = 100
    const bomb = compress(program, Buffer.alloc(megabytes * 1_000_000), '-1')
    const before = process.memoryUsage().rss
    let isClosed = false
    async function* source(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield bomb
      } finally {
        isClosed = true
      }
    }
    let readBytes = 0
    for await (const piece of decompress(source(), { compression: program })) {
      readBytes += piece.length
      if (readBytes > 2 * megabytes * 1_000_000) break
    }
    assert.ok(isClosed)
    const grownBytes = process.memoryUsage().rss - before
    assert.ok(grownBytes < 150_000_000, `${grownBytes} bytes more`)
  })

  test(`decompress() of ${program} ends when it is cancelled while its source is silent`, async () => {
    const controller = new AbortController()
    const released = Promise.withResolvers<void>()
    async function* silent(): AsyncGenerator<Uint8Array> {
      yield compress(program, randomBytes(2_000_000)).subarray(0, 1_000_000)
      setTimeout(() => {
        controller.abort(new Error('enough'))
        released.resolve()
      }, 50)
      await released.promise
    }
    const options = { compression: program, signal: controller.signal }
    await assert.rejects(whole(decompress(silent(), options)), /abort|enough|Cannot decompress/)
  })
}

test('decompressArchive() refuses what expands a thousandfold, of every kind that can', async () => {
  for (const program of programs) {
    const bomb = compress(program, Buffer.alloc(150 * 1024 * 1024))
    await assert.rejects(
      async () => {
        for await (const _ of decompressArchive(pieces(bomb), { compression: 'auto' }));
      },
      (error) =>
        isCoded(error, 'invalid-argument') && /archive: it is more than 1100 times/.test(error.message),
    )
  }
})

test('decompress() of xz that is not read says what to do', async () => {
  const unread: [options: string[], why: RegExp][] = [
    [['--lzma2=dict=128MiB'], /its dictionary is larger than 64 MiB/],
    [['--check=sha256'], /filters or checks that are not read/],
    [['--x86', '--lzma2'], /filters or checks that are not read/],
  ]
  for (const [options, why] of unread) {
    await assert.rejects(
      decoded(compress('xz', Buffer.from('x'), ...options)),
      (error) =>
        isCoded(error, 'invalid-argument') && why.test(error.message) && /xz first/.test(error.hint ?? ''),
    )
  }
})

test('decompress() may be ended at any moment of a thread', async () => {
  const mixed = Buffer.concat([randomBytes(500_000), Buffer.alloc(5_000_000)])
  const packed = programs.map((program) => [program, compress(program, mixed)] as const)
  for (let delayMs = 0; delayMs < 100; delayMs += 5) {
    const ended = packed.map(async ([compression, bytes]) => {
      const signal = AbortSignal.timeout(delayMs)
      await whole(decompress(pieces(bytes, 10_000), { compression, signal })).catch(() => undefined)
    })
    await Promise.all(ended)
  }
})

/** Of the processor: what else runs at the time does not count, but slows down each of its seconds. */
const slowness = 3

test('withoutUnnamedCompression() leaves what a media type names as it is', async () => {
  const gzip = execFileSync('gzip', ['-c'], { input: 'x' })
  for (const kept of [gzip, Buffer.from('plain'), Buffer.alloc(0)])
    assert.ok((await whole(withoutUnnamedCompression(pieces(kept)))).equals(kept))
  for (const program of programs)
    assert.equal(
      (await whole(withoutUnnamedCompression(pieces(compress(program, Buffer.from('x')))))).toString(),
      'x',
    )
})
