import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SharedWork } from './shared-work.ts'

const never = new AbortController().signal

test('join() runs the work once for all who want it, and shows all of them its events', async () => {
  const work = new SharedWork<number, string>()
  const gate = Promise.withResolvers<void>()
  let runs = 0
  const start = async (emit: (event: number) => void) => {
    runs++
    emit(1)
    await gate.promise
    emit(2)
    return 'done'
  }
  const seen: [number[], number[]] = [[], []]
  const first = work.join('a', start, { signal: never, onEvent: (event) => seen[0].push(event) })
  await new Promise(setImmediate)
  const second = work.join('a', start, { signal: never, onEvent: (event) => seen[1].push(event) })
  gate.resolve()
  assert.deepEqual(await Promise.all([first, second]), ['done', 'done'])
  assert.equal(runs, 1)
  assert.deepEqual(seen, [
    [1, 2],
    [1, 2],
  ])
})

test('join() goes on when one leaves and stops when the last one has left', async () => {
  const work = new SharedWork<never, void>()
  const stopped = Promise.withResolvers<void>()
  const start = (_emit: unknown, signal: AbortSignal) =>
    new Promise<void>((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        stopped.resolve()
        reject(signal.reason as Error)
      })
    })
  const leavers = [new AbortController(), new AbortController()]
  const joined = leavers.map(({ signal }) => work.join('a', start, { signal, onEvent: () => undefined }))
  const isStopped = () =>
    Promise.race([stopped.promise.then(() => true), new Promise((resolve) => setTimeout(resolve, 20, false))])
  leavers[0]?.abort()
  await assert.rejects(joined[0] as Promise<void>, { code: 'cancelled' })
  assert.equal(await isStopped(), false)
  leavers[1]?.abort()
  await assert.rejects(joined[1] as Promise<void>, { code: 'cancelled' })
  assert.equal(await isStopped(), true)
})

test('join() begins anew after a failure', async () => {
  const work = new SharedWork<never, number>()
  const options = { signal: never, onEvent: () => undefined }
  await assert.rejects(
    work.join('a', () => Promise.reject(new Error('no')), options),
    /no/,
  )
  assert.equal(await work.join('a', () => Promise.resolve(7), options), 7)
})

test('join() waits for the end of work that everybody left, before it begins anew', async () => {
  const work = new SharedWork<never, string>()
  const ended = Promise.withResolvers<void>()
  let running = 0
  const start = async (_emit: unknown, signal: AbortSignal) => {
    assert.equal(++running, 1)
    await Promise.race([ended.promise, new Promise((resolve) => setTimeout(resolve, 10))])
    if (signal.aborted) await ended.promise
    running--
    return 'done'
  }
  const leaver = new AbortController()
  const left = work.join('a', start, { signal: leaver.signal, onEvent: () => undefined })
  leaver.abort()
  const next = work.join('a', start, { signal: never, onEvent: () => undefined })
  const impatient = new AbortController()
  const third = work.join('a', start, { signal: impatient.signal, onEvent: () => undefined })
  impatient.abort()
  await assert.rejects(third, { code: 'cancelled' })
  ended.resolve()
  await assert.rejects(left, { code: 'cancelled' })
  assert.equal(await next, 'done')
})
