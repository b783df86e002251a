import assert from 'node:assert/strict'
import { test } from 'node:test'
import { progressOf, type Report } from './progress.ts'

const told = (work: (report: Report) => void) =>
  Array.fromAsync(
    progressOf(async (report) => work(report)),
    ({ id, status, progressDetail }) =>
      [id, status, progressDetail?.current].filter((part) => part !== undefined).join(' '),
  )

test('progressOf() tells how far a thing is some times a second, and always that it is done', async () => {
  const messages = await told((report) => {
    for (let current = 1; current <= 1000; current++)
      for (const id of ['a', 'b'])
        report({ status: 'Downloading', progressDetail: { current, total: 1000 }, id })
  })
  assert.deepEqual(messages.slice(0, 2), ['a Downloading 1', 'b Downloading 1'])
  assert.deepEqual(messages.slice(-2), ['a Downloading 1000', 'b Downloading 1000'])
  assert.ok(messages.length < 50, `${messages.length} messages`)
})

test('progressOf() tells every state', async () => {
  const states = ['Waiting', 'Downloading', 'Extracting', 'Downloading', 'Pull complete']
  const messages = await told((report) => {
    for (const status of states) report({ status, progressDetail: { current: 1, total: 2 }, id: 'a' })
    for (const status of states) report({ status, progressDetail: {}, id: 'a' })
  })
  assert.deepEqual(messages, [
    ...states.map((status) => `a ${status} 1`),
    ...states.map((status) => `a ${status}`),
  ])
})
