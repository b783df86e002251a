import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CodedError } from '@berth/stdx'
import { errorReply } from './error-response.ts'

test('errorReply() tells what failed first, not the clean-up behind it', () => {
  const first = new CodedError('conflict', 'another writer has it open')
  assert.equal(errorReply(first).message, 'another writer has it open')
  assert.deepEqual(errorReply(new SuppressedError(new Error('clean-up'), first)), errorReply(first))
  const full = Object.assign(new Error('x'), { code: 'ENOSPC' })
  assert.equal(errorReply(new SuppressedError(new Error('clean-up'), full)).status, 503)
})
