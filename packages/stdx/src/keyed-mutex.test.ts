import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import { test } from 'node:test'
import fc from 'fast-check'
import { KeyedMutex } from './keyed-mutex.ts'

test('KeyedMutex runs actions of one key in order, one at a time', async () => {
  const job = fc.record({
    key: fc.constantFrom('a', 'b', '__proto__'),
    turns: fc.nat(3),
    fails: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(job, { maxLength: 12 }), async (jobs) => {
      const mutex = new KeyedMutex()
      const running = new Set<string>()
      const done: { key: string; index: number }[] = []
      const results = await Promise.allSettled(
        jobs.map(({ key, turns, fails }, index) =>
          mutex.run(key, async () => {
            assert.ok(!running.has(key), `two actions of ${key}`)
            running.add(key)
            for (let turn = 0; turn < turns; turn++) await setImmediate()
            running.delete(key)
            done.push({ key, index })
            if (fails) throw new Error(`failed ${index}`)
            return index
          }),
        ),
      )
      for (const key of ['a', 'b', '__proto__']) {
        const order = done.filter((entry) => entry.key === key).map(({ index }) => index)
        assert.deepEqual(
          order,
          order.toSorted((a, b) => a - b),
        )
      }
      for (const [index, result] of results.entries()) {
        if (jobs[index]?.fails) assert.match(String((result as PromiseRejectedResult).reason), /failed/)
        else assert.deepEqual(result, { status: 'fulfilled', value: index })
      }
    }),
    { numRuns: 50 },
  )
})

test('KeyedMutex does not hold up other keys', async () => {
  const mutex = new KeyedMutex()
  const { promise: released, resolve: release } = Promise.withResolvers<void>()
  const held = mutex.run('held', () => released)
  assert.equal(await mutex.run('free', async () => 'ran'), 'ran')
  release()
  await held
})

test('KeyedMutex goes on after an action that throws before it returns a promise', async () => {
  const mutex = new KeyedMutex()
  const thrown = mutex.run('a', () => {
    throw new Error('at once')
  })
  await assert.rejects(thrown, /at once/)
  assert.equal(await mutex.run('a', async () => 1), 1)
})
