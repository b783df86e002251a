import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { CodedError, firstFailure, isCoded, messageOf, systemCode } from './coded-error.ts'

test('CodedError carries code, message, cause and hint', () => {
  const cause = new Error('below')
  const error = new CodedError('conflict', 'Cannot do it', { cause, hint: 'Wait.' })
  assert.ok(error instanceof Error)
  assert.deepEqual(
    [error.name, error.code, error.message, error.cause, error.hint],
    ['CodedError', 'conflict', 'Cannot do it', cause, 'Wait.'],
  )
  assert.equal(Object.hasOwn(new CodedError('internal', 'x'), 'cause'), false)
  assert.equal(String(error), 'CodedError: Cannot do it')
})

test('isCoded() tells one of the codes, or any when none is named', () => {
  const error = new CodedError('not-found', 'x')
  assert.equal(isCoded(error), true)
  assert.equal(isCoded(error, 'not-found'), true)
  assert.equal(isCoded(error, 'conflict', 'not-found'), true)
  assert.equal(isCoded(error, 'conflict'), false)
  for (const other of [new Error('x'), { code: 'not-found', message: 'x' }, 'not-found', null, undefined])
    assert.equal(isCoded(other), false)
})

test('messageOf() says something of whatever was thrown', () => {
  for (const [thrown, expected] of [
    [new Error('told'), 'told'],
    [new CodedError('internal', 'told'), 'told'],
    [new TypeError(), 'TypeError'],
    [new AggregateError([new Error('one'), 'two']), 'one; two'],
    [new AggregateError([new AggregateError([new Error('deep')])]), 'deep'],
    [new AggregateError([new Error('one')], 'told'), 'told'],
    [new AggregateError([]), 'AggregateError'],
    [new SuppressedError(new Error('clean-up'), new Error('first')), 'first; clean-up'],
    ['text', 'text'],
    [undefined, 'undefined'],
    [null, 'null'],
    [5, '5'],
    [Symbol('s'), 'Symbol(s)'],
  ] as const)
    assert.equal(messageOf(thrown), expected)
})

test('systemCode() is the code of the system’s errors, and undefined for what has none', async () => {
  const missing = await readFile('/certainly/not/there').catch((error: unknown) => error)
  assert.equal(systemCode(missing), 'ENOENT')
  for (const other of [new Error('x'), { code: 5 }, 'ENOENT', null, undefined, 0])
    assert.equal(systemCode(other), undefined)
})

test('firstFailure() is what clean-ups that fail behind it would hide', async () => {
  const first = new CodedError('no-space', 'first')
  const fail = async () => {
    await using stack = new AsyncDisposableStack()
    for (const text of ['one', 'two']) {
      stack.defer(() => {
        throw new Error(text)
      })
    }
    throw first
  }
  await assert.rejects(fail(), (error) => error !== first && firstFailure(error) === first)
  for (const other of [first, new Error('x', { cause: first }), 'text', undefined])
    assert.equal(firstFailure(other), other)
})
