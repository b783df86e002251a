import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import { test } from 'node:test'
import fc from 'fast-check'
import { Semaphore } from './semaphore.ts'

test('Semaphore starts actions in order, never more than its limit at a time, all that it can', async () => {
  const job = fc.record({ turns: fc.nat(3), fails: fc.boolean() })
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.array(job, { maxLength: 12 }),
      async (limit, jobs) => {
        const semaphore = new Semaphore(limit)
        const started: number[] = []
        let running = 0
        let most = 0
        const results = await Promise.allSettled(
          jobs.map(({ turns, fails }, index) =>
            semaphore.run(async () => {
              started.push(index)
              most = Math.max(most, ++running)
              for (let turn = 0; turn <= turns; turn++) await setImmediate()
              running--
              if (fails) throw new Error('failed')
            }),
          ),
        )
        assert.deepEqual(
          started,
          jobs.map((_, index) => index),
        )
        assert.equal(most, Math.min(limit, jobs.length))
        assert.deepEqual(
          results.map(({ status }) => status),
          jobs.map(({ fails }) => (fails ? 'rejected' : 'fulfilled')),
        )
      },
    ),
    { numRuns: 50 },
  )
})

test('Semaphore returns what the action does, and has room again after one that throws at once', async () => {
  const semaphore = new Semaphore(1)
  const thrown = semaphore.run(() => {
    throw new Error('at once')
  })
  await assert.rejects(thrown, /at once/)
  assert.equal(await semaphore.run(async () => 'value'), 'value')
})

test('Semaphore.acquire() gives a turn that ends once', async () => {
  const semaphore = new Semaphore(1)
  const first = await semaphore.acquire()
  const order: string[] = []
  const second = semaphore.acquire().then((turn) => {
    order.push('second')
    return turn
  })
  const third = semaphore.run(async () => order.push('third'))
  first[Symbol.dispose]()
  first[Symbol.dispose]()
  const turn = await second
  assert.deepEqual(order, ['second'])
  turn[Symbol.dispose]()
  await third
  assert.deepEqual(order, ['second', 'third'])
})

test('Semaphore refuses a limit under which nothing would run', () => {
  for (const limit of [0, -1, Number.NaN]) assert.throws(() => new Semaphore(limit), RangeError)
})

test('Semaphore.run() says when others come first, and only then', async () => {
  const semaphore = new Semaphore(1)
  const waiting: string[] = []
  const run = (name: string) =>
    semaphore.run(
      () => setImmediate(),
      () => waiting.push(name),
    )
  await Promise.all([run('first'), run('second')])
  await run('third')
  assert.deepEqual(waiting, ['second'])
})
