import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatAge } from './age.ts'

const secondMs = 1000
const minuteMs = 60 * secondMs
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

test('formatAge() changes its words where Docker changes them', () => {
  const cases: [number, string][] = [
    [0, 'Less than a second'],
    [999, 'Less than a second'],
    [secondMs, '1 second'],
    [59 * secondMs, '59 seconds'],
    [minuteMs, 'About a minute'],
    [2 * minuteMs, '2 minutes'],
    [59 * minuteMs, '59 minutes'],
    [hourMs, 'About an hour'],
    [89 * minuteMs, 'About an hour'],
    [90 * minuteMs, '2 hours'],
    [47 * hourMs, '47 hours'],
    [2 * dayMs, '2 days'],
    [13 * dayMs, '13 days'],
    [14 * dayMs, '2 weeks'],
    [59 * dayMs, '8 weeks'],
    [60 * dayMs, '2 months'],
    [729 * dayMs, '24 months'],
    [730 * dayMs, '2 years'],
  ]
  for (const [durationMs, words] of cases) assert.equal(formatAge(durationMs), words)
})
