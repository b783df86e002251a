import assert from 'node:assert/strict'
import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { test } from 'node:test'
import { createZstdCompress } from 'node:zlib'
import { layerLimitsDefault, layerWriter, packTar } from '@berth/layer'

const headersPerPiece = 8192
const digits = 8

type EntryType = 'file' | 'directory'

/** An archive of `count` entries without content, a thousand in a directory. */
async function* archive(count: number, type: EntryType): AsyncGenerator<Uint8Array> {
  const [first] = await Array.fromAsync(packTar([{ name: `d/00000/${'0'.repeat(digits)}`, type }]))
  const template = Buffer.from(first ?? [])
  const zeros =
    template.reduce((total, byte) => total + byte, 0) -
    template.subarray(148, 156).reduce((a, b) => a + b, 0) +
    8 * 0x20
  for (let index = 0; index < count;) {
    const piece = Buffer.allocUnsafe(Math.min(headersPerPiece, count - index) * 512)
    for (let at = 0; at < piece.length; at += 512, index++) {
      template.copy(piece, at)
      const name = `d/${String(Math.floor(index / 1000)).padStart(5, '0')}/${String(index).padStart(digits, '0')}`
      piece.write(name, at, 'latin1')
      let sum = zeros
      for (const digit of name.slice(2)) if (digit !== '/') sum += Number(digit)
      piece.write(`${sum.toString(8).padStart(6, '0')}\0 `, at + 148, 'latin1')
    }
    yield piece
  }
  yield Buffer.alloc(1024)
}

async function write(
  count: number,
  type: EntryType = 'file',
): Promise<{ outcome: string; peakBytes: number }> {
  const directory = await mkdtemp(join(tmpdir(), 'berth-entries-'))
  const source = join(directory, 'layer.tar.zst')
  await mkdir(join(directory, 'layer'))
  let peakBytes = 0
  const watch = setInterval(() => (peakBytes = Math.max(peakBytes, process.memoryUsage().rss)), 50)
  try {
    await pipeline(Readable.from(archive(count, type)), createZstdCompress(), createWriteStream(source))
    await using writer = layerWriter()
    const request = {
      source,
      compression: 'zstd',
      format: 'erofs',
      directory: join(directory, 'layer'),
      limits: { ratioMax: Number.POSITIVE_INFINITY },
    } as const
    const outcome = await writer.write(request).then(
      ({ entries, format }) => `${entries} entries, ${format}`,
      (error: unknown) => (error as Error).message,
    )
    return { outcome, peakBytes }
  } finally {
    clearInterval(watch)
    await rm(directory, { recursive: true, force: true })
  }
}

const mebibyte = 1024 * 1024

test('a layer of ten million entries is refused by the limit, in bounded memory', async (t) => {
  const { outcome, peakBytes } = await write(10_000_000)
  assert.equal(outcome, `Cannot unpack layer: it has more than ${layerLimitsDefault.entriesMax} entries`)
  t.diagnostic(`${Math.round(peakBytes / mebibyte)} MiB at most`)
  assert.ok(peakBytes < 1200 * mebibyte, `${peakBytes} bytes`)
})

test('a layer of as many entries as the limit allows is written, in bounded memory', async (t) => {
  const directories = 2 + layerLimitsDefault.entriesMax / 1000
  const { outcome, peakBytes } = await write(layerLimitsDefault.entriesMax - directories)
  assert.equal(outcome, `${layerLimitsDefault.entriesMax - directories} entries, erofs`)
  t.diagnostic(`${Math.round(peakBytes / mebibyte)} MiB at most`)
  assert.ok(peakBytes < 1700 * mebibyte, `${peakBytes} bytes`)
})

test('directories, which take more, are refused before they fill the heap of a thread', async (t) => {
  const most = Math.floor(layerLimitsDefault.metadataBytesMax / 530)
  for (const [count, expected] of [
    [most, `${most} entries, erofs`],
    [most + 100_000, /names and attributes of its entries take more than/],
  ] as const) {
    const { outcome, peakBytes } = await write(count, 'directory')
    assert.match(outcome, typeof expected === 'string' ? new RegExp(`^${expected}$`) : expected)
    t.diagnostic(`${Math.round(peakBytes / mebibyte)} MiB at most`)
    assert.ok(peakBytes < 1700 * mebibyte, `${peakBytes} bytes`)
  }
})
