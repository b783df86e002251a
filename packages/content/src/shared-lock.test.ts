import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SharedLock } from './shared-lock.ts'

test('SharedLock lets shared holders run together and an exclusive one alone, in order', async () => {
  const lock = new SharedLock()
  const gate = Promise.withResolvers<void>()
  const order: string[] = []
  const first = lock.shared(async () => {
    order.push('first')
    await gate.promise
  })
  const second = lock.shared(async () => void order.push('second'))
  const alone = lock.exclusive(async () => void order.push('alone'))
  const behind = lock.shared(async () => void order.push('behind'))
  await second
  assert.deepEqual(order, ['first', 'second'])
  gate.resolve()
  await Promise.all([first, alone, behind])
  assert.deepEqual(order, ['first', 'second', 'alone', 'behind'])
})

test('SharedLock is free again after an action that throws', async () => {
  const lock = new SharedLock()
  await assert.rejects(lock.exclusive(async () => Promise.reject(new Error('x'))))
  await assert.rejects(lock.shared(async () => Promise.reject(new Error('x'))))
  assert.equal(await lock.exclusive(async () => 1), 1)
})
