import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defaultHostConfig } from '../config/check-host-config.ts'
import { initialState, type ContainerRecord } from '../record/container-record.ts'
import { nextDelayMs, shouldRestart } from './restart-policy.ts'

const ended = (
  policy: ContainerRecord['hostConfig']['RestartPolicy'],
  state: Partial<ContainerRecord['state']>,
  restartCount = 0,
) =>
  shouldRestart({
    hostConfig: { ...defaultHostConfig(), RestartPolicy: policy },
    state: { ...initialState, status: 'exited', ...state },
    restartCount,
  } as ContainerRecord)

test('shouldRestart() follows the policy', () => {
  assert.equal(ended({ Name: 'no', MaximumRetryCount: 0 }, { exitCode: 1 }), false)
  assert.equal(ended({ Name: 'always', MaximumRetryCount: 0 }, { exitCode: 0 }), true)
  assert.equal(ended({ Name: 'unless-stopped', MaximumRetryCount: 0 }, { exitCode: 0 }), true)
  assert.equal(ended({ Name: 'on-failure', MaximumRetryCount: 0 }, { exitCode: 0 }), false)
  assert.equal(ended({ Name: 'on-failure', MaximumRetryCount: 2 }, { exitCode: 1 }, 1), true)
  assert.equal(ended({ Name: 'on-failure', MaximumRetryCount: 2 }, { exitCode: 1 }, 2), false)
})

test('shouldRestart() leaves alone what a person has stopped', () => {
  assert.equal(ended({ Name: 'always', MaximumRetryCount: 0 }, { isManuallyStopped: true }), false)
})

test('nextDelayMs() doubles from 100 ms to a minute and starts over after ten seconds of life', () => {
  assert.deepEqual(
    [nextDelayMs(undefined, 0), nextDelayMs(100, 5), nextDelayMs(50_000, 5), nextDelayMs(50_000, 10_000)],
    [100, 200, 60_000, 100],
  )
})
