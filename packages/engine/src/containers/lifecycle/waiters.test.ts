import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Waiters } from './waiters.ts'

const never = new AbortController().signal

test('wait() resolves at its own moment, and everybody when the container is removed', async () => {
  const waiters = new Waiters()
  const [exit, removed] = [waiters.wait('a', 'exit', never), waiters.wait('a', 'removed', never)]
  waiters.notify('a', 'exit', { exitCode: 3 })
  assert.deepEqual(await exit, { exitCode: 3 })
  const late = waiters.wait('a', 'exit', never)
  waiters.notify('a', 'removed', { exitCode: 3 })
  assert.deepEqual(await Promise.all([removed, late]), [{ exitCode: 3 }, { exitCode: 3 }])
})

test('wait() ends with its signal', async () => {
  const controller = new AbortController()
  const wait = new Waiters().wait('a', 'exit', controller.signal)
  controller.abort(new Error('gone'))
  await assert.rejects(wait, /gone/)
})
