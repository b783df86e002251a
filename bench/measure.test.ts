import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatFigures } from './figures.ts'
import { measureInTurns, median } from './measure.ts'

test('measureInTurns() takes turns and leaves the warm-up out when it counts', async () => {
  const order: string[] = []
  const contestant = (name: string) => ({ name, measure: async () => order.push(name) })
  const plan = { id: 'x', title: 'x', unit: 'ms', rounds: 2, warmUps: 1 } as const
  const figure = await measureInTurns(plan, [contestant('a'), contestant('b')])
  assert.deepEqual(order, ['a', 'b', 'a', 'b', 'a', 'b'])
  assert.deepEqual(
    figure.results.map(({ samples }) => samples),
    [
      [3, 5],
      [4, 6],
    ],
  )
})

test('measureInTurns() goes on with the others when one fails', async () => {
  const plan = { id: 'x', title: 'x', unit: 'ms', rounds: 2 } as const
  const failing = { name: 'a', measure: () => Promise.reject(new Error('no engine')) }
  const figure = await measureInTurns(plan, [failing, { name: 'b', measure: async () => 7 }])
  assert.deepEqual(figure.results, [
    { name: 'a', samples: [], problem: 'no engine' },
    { name: 'b', samples: [7, 7] },
  ])
})

test('median() takes the mean of the middle two when there is no middle', () => {
  assert.equal(median([9, 1, 5]), 5)
  assert.equal(median([4, 1, 2, 9]), 3)
})

test('formatFigures() marks a ratio when it misses the goal', () => {
  const results = [
    { name: 'dockerd', samples: [100] },
    { name: 'berthd', samples: [60] },
  ]
  const table = formatFigures([{ id: 'x', title: 'run', unit: 'ms', goal: 0.5, results }])
  assert.match(table, /\| run \| berthd \| 60\.0 ms \| 0\.60 \| 0\.50 missed \|/)
})
