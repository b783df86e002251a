import assert from 'node:assert/strict'
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { LogFileReader, logFiles } from './log-file.ts'

const line = (log: string) => `${JSON.stringify({ log, stream: 'stdout', time: '2026-01-01T00:00:00Z' })}\n`
const read = async (reader: LogFileReader) =>
  (await Array.fromAsync(reader.entries())).map((entry) => entry.log)

test('entries() gives whole lines only and skips torn ones', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'berth-log-'))
  await using stack = new AsyncDisposableStack()
  stack.defer(() => rm(directory, { recursive: true }))
  const path = join(directory, 'log')
  await writeFile(path, `${line('a\n')}{"log":"torn\n${line('b\n').slice(0, 12)}`)
  const reader = await LogFileReader.open(path)
  assert.ok(reader)
  stack.use(reader)
  assert.deepEqual(await read(reader), ['a\n'])
  await appendFile(path, line('b\n').slice(12) + line('ü'.repeat(100_000)))
  assert.deepEqual(await read(reader), ['b\n', 'ü'.repeat(100_000)])
  assert.deepEqual(await read(reader), [])
})

test('open() gives undefined for a file that is not there', async () => {
  assert.equal(await LogFileReader.open('/nonexistent/log'), undefined)
})

test('logFiles() lists the oldest rotation first', async () => {
  const there = new Set(['/l', '/l.1', '/l.2'])
  assert.deepEqual(await logFiles('/l', (path) => Promise.resolve(there.has(path))), ['/l.2', '/l.1', '/l'])
})
