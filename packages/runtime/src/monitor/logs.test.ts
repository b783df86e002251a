import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { escapeText, jsonLogLine } from './json-log-line.ts'
import { LogLineCutter, maxPieceBytes } from './log-line-cutter.ts'
import { RotatingFile } from './rotating-file.ts'

test('jsonLogLine() is Docker’s', () => {
  const line = Buffer.from('a "b" <c> & \t\u2028 é \x7f')
  assert.equal(
    jsonLogLine({ line, isComplete: true, stream: 'stderr', time: '2026-01-02T03:04:05.6Z' }),
    '{"log":"a \\"b\\" \\u003cc\\u003e \\u0026 \\u0009\\u2028 é \x7f\\n","stream":"stderr","time":"2026-01-02T03:04:05.6Z"}\n',
  )
})

test('escapeText() replaces each byte that is not UTF-8', () => {
  assert.equal(
    escapeText(Buffer.from([0x61, 0xff, 0xe2, 0x82, 0x62, 0xc3, 0xa9])),
    'a\\ufffd\\ufffd\\ufffdbé',
  )
})

test('escapeText() gives JSON that reads back as the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      assert.equal(JSON.parse(`"${escapeText(Buffer.from(text))}"`), Buffer.from(text).toString())
    }),
  )
})

test('escapeText() takes any bytes', () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => void JSON.parse(`"${escapeText(bytes)}"`)))
})

test('LogLineCutter cuts the same however its input is cut', () => {
  const chunks = fc.array(fc.uint8Array({ maxLength: 100, max: 20 }), { maxLength: 20 })
  fc.assert(
    fc.property(chunks, (parts) => {
      const cut = (input: Uint8Array[]) => {
        const cutter = new LogLineCutter()
        return [...input.flatMap((part) => cutter.push(part)), ...cutter.end()].map(
          ({ line, isComplete }) => [Buffer.from(line).toString('hex'), isComplete],
        )
      }
      assert.deepEqual(cut(parts), cut([Buffer.concat(parts)]))
    }),
  )
})

test('LogLineCutter cuts over-long lines into pieces without newline', () => {
  const cutter = new LogLineCutter()
  const pieces = [
    ...cutter.push(Buffer.from(`${'x'.repeat(2 * maxPieceBytes + 5)}\n`)),
    ...cutter.push(Buffer.from('rest')),
    ...cutter.end(),
  ]
  assert.deepEqual(
    pieces.map(({ line, isComplete }) => [line.length, isComplete]),
    [
      [maxPieceBytes, false],
      [maxPieceBytes, false],
      [5, true],
      [4, false],
    ],
  )
})

async function withDirectory(action: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'berth-log-'))
  try {
    await action(directory)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

test('RotatingFile keeps the newest lines in so many files', () =>
  withDirectory(async (directory) => {
    const path = join(directory, 'log')
    const file = new RotatingFile({ path, maxSizeBytes: 10, maxFiles: 3, onError: assert.fail })
    for (const name of ['1', '2', '3', '4', '5', '6', '7', '8']) file.append(`line ${name}\n`)
    await file.close()
    const contents = await Promise.all([`${path}.2`, `${path}.1`, path].map((name) => readFile(name, 'utf8')))
    assert.deepEqual(contents, ['line 3\nline 4\n', 'line 5\nline 6\n', 'line 7\nline 8\n'])
    await assert.rejects(readFile(`${path}.3`), { code: 'ENOENT' })
  }))

test('RotatingFile begins anew when there is to be one file', () =>
  withDirectory(async (directory) => {
    const path = join(directory, 'log')
    const file = new RotatingFile({ path, maxSizeBytes: 5, maxFiles: 1, onError: assert.fail })
    for (const name of ['1', '2', '3']) file.append(`line ${name}\n`)
    await file.close()
    assert.equal(await readFile(path, 'utf8'), 'line 3\n')
  }))

test('RotatingFile says what it cannot write and goes on', async () => {
  const errors: string[] = []
  const file = new RotatingFile({
    path: '/nosuch/log',
    maxSizeBytes: 0,
    maxFiles: 1,
    onError: (message) => errors.push(message),
  })
  file.append('line\n')
  await file.close()
  assert.match(errors[0] ?? '', /^Cannot write log \/nosuch\/log: ENOENT/)
})
