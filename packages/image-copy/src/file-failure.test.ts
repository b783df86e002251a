import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CodedError, isCoded } from '@berth/stdx'
import { fileFailure } from './file-failure.ts'

const systemError = (code: string) => Object.assign(new Error(`${code}: told by the kernel`), { code })

test('fileFailure() tells what the system says of a file in words', () => {
  for (const [code, expected, message] of [
    ['ENOENT', 'not-found', 'Cannot write x: no such file or directory'],
    ['ENOSPC', 'no-space', 'Cannot write x: no space left on device'],
    ['EDQUOT', 'no-space', 'Cannot write x: disk quota exceeded'],
    ['EIO', 'internal', 'Cannot write x: EIO: told by the kernel'],
  ] as const) {
    const failure = fileFailure('write x', systemError(code))
    assert.ok(isCoded(failure, expected))
    assert.equal(failure.message, message)
  }
})

test('fileFailure() leaves other errors as they are', () => {
  for (const error of [new CodedError('data-loss', 'x'), new Error('x'), undefined])
    assert.equal(fileFailure('write x', error), error)
})
