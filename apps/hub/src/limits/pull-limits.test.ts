import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createPullMeter } from './pull-limits.ts'

const hour = 60 * 60 * 1000

test("createPullMeter() tells with Docker Hub's headers what is left, and refuses what is more", async () => {
  const clock = { now: 0 }
  const meter = createPullMeter({ anonymous: 2, account: 3, now: () => clock.now })
  const pull = { account: undefined, address: '192.0.2.1', isCounted: true }
  assert.deepEqual(await meter(pull), {
    'ratelimit-limit': '2;w=21600',
    'ratelimit-remaining': '1;w=21600',
    'docker-ratelimit-source': '192.0.2.1',
  })
  assert.equal(
    (await meter({ ...pull, isCounted: false }))['ratelimit-remaining'],
    '1;w=21600',
    'HEAD costs nothing',
  )
  assert.equal((await meter(pull))['ratelimit-remaining'], '0;w=21600')
  clock.now += hour
  await assert.rejects(async () => meter(pull), { kind: 'TOO_MANY_REQUESTS', retryAfterMs: 5 * hour })
  assert.equal((await meter({ ...pull, address: '192.0.2.2' }))['ratelimit-remaining'], '1;w=21600')
  assert.equal((await meter({ ...pull, account: 'me' }))['docker-ratelimit-source'], 'me')
  clock.now += 5 * hour
  assert.equal((await meter(pull))['ratelimit-remaining'], '1;w=21600')
})

test('createPullMeter() counts nothing where there is no limit', async () => {
  const meter = createPullMeter({ anonymous: undefined, account: undefined })
  for (let index = 0; index < 1000; index++)
    assert.deepEqual(await meter({ account: undefined, address: '192.0.2.1', isCounted: true }), {})
})
