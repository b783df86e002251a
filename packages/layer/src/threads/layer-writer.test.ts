import { isCoded } from '@berth/stdx'
import { eventually } from '@berth/stdx/testsuite'
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { SourceGrowth } from '../source-growth.ts'
import { packTar } from '../tar/pack-tar.ts'
import { temporaryDirectory } from '../testsuite/temporary-directory.ts'
import type { WriteLayerOptions } from '../write-layer.ts'
import { layerWriter } from './layer-writer.ts'

function options(directory: string, name: string): WriteLayerOptions {
  mkdirSync(join(directory, name))
  return {
    source: join(directory, 'source.tar'),
    compression: 'none',
    format: 'erofs',
    directory: join(directory, name),
  }
}

test('layerWriter() writes layers in threads that end when they are idle', async () => {
  using directory = temporaryDirectory()
  await writeFile(join(directory.path, 'source.tar'), packTar([{ name: 'a', body: 'x' }]))
  await using writer = layerWriter({ idleMs: 100 })
  assert.equal(writer.threads, 0)
  const progress: number[] = []
  const written = await Promise.all(
    ['1', '2', '3', '4'].map((name) =>
      writer.write({ ...options(directory.path, name), onProgress: (bytes) => progress.push(bytes) }),
    ),
  )
  assert.equal(new Set(written.map(({ diffId }) => diffId)).size, 1)
  assert.ok(existsSync(join(directory.path, '4/layer.erofs')))
  assert.equal(progress.at(-1), 2048)
  assert.ok(writer.threads <= 2)
  await eventually(() => assert.equal(writer.threads, 0), 20_000)
})

test('layerWriter() unpacks trees in threads and keeps the code of an error', async () => {
  using directory = temporaryDirectory()
  await writeFile(join(directory.path, 'source.tar'), packTar([{ name: 'a', body: 'x' }]))
  await using writer = layerWriter()
  const { format } = await writer.write({ ...options(directory.path, 'tree'), format: 'tree' })
  assert.equal(format, 'tree')
  assert.ok(existsSync(join(directory.path, 'tree/tree/a')))
  writeFileSync(join(directory.path, 'source.tar'), 'no tar at all'.repeat(100))
  await assert.rejects(
    writer.write(options(directory.path, 'bad')),
    (error) => isCoded(error, 'invalid-argument') && /number is not octal|checksum/.test(error.message),
  )
})

test('layerWriter() cancels layers under way and layers that wait', async () => {
  using directory = temporaryDirectory()
  writeFileSync(join(directory.path, 'source.tar'), Buffer.alloc(64 * 1024 * 1024))
  await using writer = layerWriter({ threads: 1 })
  const controller = new AbortController()
  const { signal } = controller
  const attempts = ['1', '2', '3'].map((name) => writer.write({ ...options(directory.path, name), signal }))
  controller.abort()
  for (const result of await Promise.allSettled(attempts)) {
    assert.ok(result.status === 'rejected' && isCoded(result.reason, 'cancelled'))
  }
})

test('layerWriter() gives the thread of a layer that is cancelled as its turn comes to the next', async () => {
  using directory = temporaryDirectory()
  const source = join(directory.path, 'source.tar')
  await writeFile(source, packTar([{ name: 'a', body: 'x' }]))
  await using writer = layerWriter({ threads: 1 })
  const growth = new SourceGrowth()
  const controller = new AbortController()
  const first = writer.write({ ...options(directory.path, '1'), growth })
  const second = writer.write({ ...options(directory.path, '2'), signal: controller.signal })
  const third = writer.write(options(directory.path, '3'))
  // As layers of one pull do: one fails, and that cancels the others.
  first.catch(() => controller.abort())
  growth.abandon()
  await assert.rejects(first, { code: 'unavailable' })
  await assert.rejects(second, { code: 'cancelled' })
  assert.equal((await third).format, 'erofs')
})

test('layerWriter() fails what is under way and what waits when it is disposed', async () => {
  using directory = temporaryDirectory()
  writeFileSync(join(directory.path, 'source.tar'), '')
  const writer = layerWriter({ threads: 1 })
  const underWay = writer.write({ ...options(directory.path, '1'), growth: new SourceGrowth() })
  const waiting = writer.write(options(directory.path, '2'))
  const failed = Promise.all([
    assert.rejects(underWay, (error) => isCoded(error, 'cancelled')),
    assert.rejects(waiting, (error) => isCoded(error, 'unavailable')),
  ])
  await setTimeout(20)
  await writer[Symbol.asyncDispose]()
  await failed
  assert.equal(writer.threads, 0)
})

test('layerWriter() can be disposed at any moment of a layer, from the start of its thread on', async () => {
  using directory = temporaryDirectory()
  const source = join(directory.path, 'source.tar')
  const archive = await Array.fromAsync(packTar([{ name: 'a', body: randomBytes(16 * 1024 * 1024) }]))
  writeFileSync(source, gzipSync(Buffer.concat(archive), { level: 1 }))
  for (let delayMs = 0; delayMs < 200; delayMs += 10) {
    const writer = layerWriter({ threads: 1 })
    const writing = writer.write({ ...options(directory.path, `${delayMs}`), compression: 'gzip' })
    writing.catch(() => {})
    await setTimeout(delayMs)
    await writer[Symbol.asyncDispose]()
    // It may have been done by then.
    await writing.catch((error: unknown) => assert.ok(isCoded(error, 'cancelled'), String(error)))
    assert.equal(writer.threads, 0)
  }
})
