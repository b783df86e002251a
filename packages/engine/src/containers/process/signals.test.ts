import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseSignal } from './signals.ts'

test('parseSignal() reads names, numbers and real-time signals', () => {
  assert.deepEqual(['KILL', 'sigterm', '9', 'SIGRTMIN+3', 'RTMAX-1'].map(parseSignal), [9, 15, 9, 37, 63])
  for (const text of ['', 'NOPE', '0', '65', '-1']) assert.throws(() => parseSignal(text), /invalid signal/)
})
