import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Writable } from 'node:stream'
import type { JsonMessage } from '@berth/api'
import { ProgressDisplay } from './progress-display.ts'

const messages: JsonMessage[] = [
  { status: 'Pulling from library/x', id: 'latest' },
  { status: 'Pulling fs layer', progressDetail: {}, id: 'aaa' },
  { status: 'Pulling fs layer', progressDetail: {}, id: 'bbb' },
  { status: 'Downloading', progressDetail: { current: 500_000, total: 1_000_000 }, id: 'aaa' },
  { status: 'Pull complete', progressDetail: {}, id: 'bbb' },
  { status: 'Digest: sha256:0' },
]

function show(terminal: { isTTY?: boolean; columns?: number }): string {
  const chunks: string[] = []
  const output = new Writable({
    decodeStrings: false,
    write(chunk: string, _encoding, done) {
      chunks.push(chunk)
      done()
    },
  })
  const display = new ProgressDisplay(Object.assign(output, terminal))
  for (const message of messages) display.show(message)
  return chunks.join('')
}

test('ProgressDisplay prints changes of state alone where there is no terminal', () => {
  const lines = [
    'latest: Pulling from library/x',
    'aaa: Pulling fs layer',
    'bbb: Pulling fs layer',
    'bbb: Pull complete',
    'Digest: sha256:0',
    '',
  ]
  assert.equal(show({}), lines.join('\n'))
})

test('ProgressDisplay draws over the line of each id', () => {
  const text = show({ isTTY: true, columns: 60 })
  assert.ok(text.includes('\x1b[2A\r\x1b[2Kaaa: Downloading    500kB/1MB\r\x1b[2B'), JSON.stringify(text))
  assert.ok(text.includes('\x1b[1A\r\x1b[2Kbbb: Pull complete\r\x1b[1B'))
})

test('ProgressDisplay has a bar where there is room', () => {
  assert.match(show({ isTTY: true, columns: 120 }), /\[={25}> {25}\] {4}500kB\/1MB/)
})

test('ProgressDisplay never writes a line that the terminal would wrap', () => {
  const drawn = show({ isTTY: true, columns: 20 })
    .split('\r')
    .map((part) => part.replace('\x1b[2K', ''))
  for (const part of drawn.filter((text) => text.startsWith('aaa'))) assert.ok(part.length < 20, part)
})
