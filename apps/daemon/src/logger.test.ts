import assert from 'node:assert/strict'
import { Writable } from 'node:stream'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatLogLine } from './log-line.ts'
import { createLogger, type LoggerOptions } from './logger.ts'

function collect(options: Omit<LoggerOptions, 'stream'>) {
  const lines: string[] = []
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString())
      done()
    },
  })
  return { lines, logger: createLogger({ ...options, stream }) }
}

test('createLogger() writes lines as dockerd does, with the names of the parts', () => {
  const { lines, logger } = collect({ level: 'info' })
  logger
    .named('api')
    .named('images')
    .warn('Pull failed', { image: 'alpine:latest', reason: 'no route', bytes: 5 })
  assert.match(
    lines[0] ?? '',
    /^time=\d{4}-\d\d-\d\dT[\d:.]+Z level=warning msg="Pull failed" name=api:images image=alpine:latest reason="no route" bytes=5\n$/,
  )
})

test('createLogger() leaves out what is below its level', () => {
  const { lines, logger } = collect({ level: 'warn' })
  logger.info('no')
  logger.error('yes', { error: new Error('because') })
  assert.equal(lines.length, 1)
  assert.match(lines[0] ?? '', /error="Error: because\\n +at /)
})

test('createLogger() writes JSON where that is asked for', () => {
  const { lines, logger } = collect({ level: 'info', format: 'json' })
  logger.info('hello', { a: 1 })
  const { time, ...entry } = JSON.parse(lines[0] ?? '') as Record<string, unknown>
  assert.deepEqual(entry, { level: 'info', a: 1, msg: 'hello' })
  assert.ok(typeof time === 'string')
})

test('formatLogLine() keeps any entry on one line', () => {
  fc.assert(
    fc.property(fc.string(), fc.jsonValue(), (msg, value) => {
      assert.equal(formatLogLine({ msg, value }).indexOf('\n'), formatLogLine({ msg, value }).length - 1)
    }),
  )
})
