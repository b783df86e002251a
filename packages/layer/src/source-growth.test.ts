import assert from 'node:assert/strict'
import { appendFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { digestOf } from '@berth/oci'
import { SourceGrowth } from './source-growth.ts'
import { packTar } from './tar/pack-tar.ts'
import { temporaryDirectory } from './testsuite/temporary-directory.ts'
import { layerWriter } from './threads/layer-writer.ts'

async function tarOf(bytes: number): Promise<Buffer> {
  const body = Buffer.alloc(bytes, 'berth')
  return Buffer.concat(await Array.fromAsync(packTar([{ name: 'a', body }])))
}

async function prepare(path: string) {
  const target = join(path, 'layer')
  await mkdir(target)
  const source = join(path, 'source')
  await writeFile(source, '')
  return { source, directory: target, format: 'erofs' as const, compression: 'auto' as const }
}

for (const [name, compress] of [
  ['gzip', gzipSync],
  ['uncompressed', (bytes: Buffer) => bytes],
] as const) {
  test(`layerWriter() follows a blob that grows: ${name}`, async () => {
    using directory = temporaryDirectory()
    const tar = await tarOf(1_000_000)
    const blob = compress(tar)
    const options = await prepare(directory.path)
    const growth = new SourceGrowth()
    await using writer = layerWriter()
    const writing = writer.write({ ...options, growth })
    let size = 0
    for (let at = 0; at < blob.length; at += Math.ceil(blob.length / 7)) {
      const piece = blob.subarray(at, at + Math.ceil(blob.length / 7))
      await appendFile(options.source, piece)
      size += piece.length
      growth.advance(size)
      await sleep(10)
    }
    growth.end()
    const written = await writing
    assert.equal(written.diffId, digestOf(tar))
    assert.equal(written.sizeBytes, tar.length)
  })
}

test('layerWriter() fails when a blob that grows is given up, is cut off, or nobody waits any more', async () => {
  using directory = temporaryDirectory()
  const blob = gzipSync(await tarOf(100_000))
  const options = await prepare(directory.path)
  await writeFile(options.source, blob)
  await using writer = layerWriter()
  const follow = async (act: (growth: SourceGrowth) => void, signal?: AbortSignal) => {
    const growth = new SourceGrowth()
    growth.advance(blob.length - 10)
    const writing = writer.write({ ...options, growth, ...(signal ? { signal } : {}) })
    act(growth)
    await writing
  }
  await assert.rejects(
    follow((growth) => growth.abandon()),
    { code: 'unavailable' },
  )
  await mkdir(join(directory.path, 'cut'))
  options.directory = join(directory.path, 'cut')
  await assert.rejects(
    follow((growth) => growth.end()),
    { code: 'data-loss' },
  )
  await mkdir(join(directory.path, 'left'))
  options.directory = join(directory.path, 'left')
  const controller = new AbortController()
  const left = follow(() => setTimeout(() => controller.abort(), 50), controller.signal)
  await assert.rejects(left, { code: 'cancelled' })
})

test('layerWriter() leaves a thread to blobs that are whole', async () => {
  using directory = temporaryDirectory()
  const options = await prepare(directory.path)
  await writeFile(options.source, await tarOf(10))
  await using writer = layerWriter({ threads: 2 })
  const growth = new SourceGrowth()
  assert.equal(writer.canFollow, true)
  const following = writer.write({ ...options, growth })
  assert.equal(writer.canFollow, false)
  await mkdir(join(directory.path, 'whole'))
  await writer.write({ ...options, directory: join(directory.path, 'whole') })
  growth.abandon()
  await assert.rejects(following, { code: 'unavailable' })
  assert.equal(writer.canFollow, true)
})
