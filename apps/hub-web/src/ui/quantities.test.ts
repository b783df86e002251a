import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatDistance, formatSize } from './quantities.ts'

test('formatSize() says sizes as Docker does', () => {
  const sizes = {
    0: '0 B',
    999: '999 B',
    1000: '1 kB',
    3408729: '3.41 MB',
    94000000: '94 MB',
    1500000000000: '1.5 TB',
  }
  for (const [size, text] of Object.entries(sizes)) assert.equal(formatSize(Number(size)), text)
})

test('formatDistance() tells moments from now', () => {
  const now = Date.parse('2026-11-28T12:00:00Z')
  const daySeconds = 86_400
  const distances: [seconds: number, text: string][] = [
    [-1, 'just now'],
    [-59, 'just now'],
    [-61, '1 minute ago'],
    [-7200, '2 hours ago'],
    [-daySeconds, 'yesterday'],
    [-3 * daySeconds, '3 days ago'],
    [-800 * daySeconds, '2 years ago'],
    [20, 'in a moment'],
    [20 * daySeconds, 'in 2 weeks'],
  ]
  for (const [seconds, text] of distances) assert.equal(formatDistance(now + seconds * 1000, now), text)
})
