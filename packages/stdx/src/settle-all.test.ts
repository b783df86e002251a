import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import { test } from 'node:test'
import { settleAll } from './settle-all.ts'

const fail = (message: string) => () => {
  throw new Error(message)
}

test('settleAll() runs every step in order, each after the one before has settled', async () => {
  const seen: string[] = []
  await settleAll([
    async () => {
      await setImmediate()
      seen.push('first')
    },
    () => seen.push('second'),
  ])
  assert.deepEqual(seen, ['first', 'second'])
  await settleAll([])
})

test('settleAll() goes on after a failure, and throws the one error as it is', async () => {
  let after = false
  const error = new Error('one')
  await assert.rejects(
    settleAll([
      () => Promise.reject(error),
      () => {
        after = true
      },
    ]),
    (thrown) => thrown === error,
  )
  assert.equal(after, true)
})

test('settleAll() throws several errors as one that says them all', async () => {
  await assert.rejects(settleAll([fail('one'), () => undefined, fail('two')]), (error) => {
    assert.ok(error instanceof AggregateError)
    assert.equal(error.message, 'one; two')
    assert.deepEqual(
      error.errors.map((inner: Error) => inner.message),
      ['one', 'two'],
    )
    return true
  })
})
