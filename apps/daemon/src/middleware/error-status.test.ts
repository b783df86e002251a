import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CodedError } from '@berth/stdx'
import { describeError } from './error-status.ts'

test('describeError() tells what failed first, not the clean-up behind it', () => {
  const first = new CodedError('not-found', 'No such image: x', { hint: 'Pull it.' })
  const expected = { status: 404, code: 'not-found', message: 'No such image: x', hint: 'Pull it.' }
  assert.deepEqual(describeError(first), expected)
  assert.deepEqual(describeError(new SuppressedError(new Error('clean-up'), first)), expected)
})
