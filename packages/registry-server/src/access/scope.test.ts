import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatScope, parseScopes } from './scope.ts'

test('parseScopes() splits at the first and the last colon, and drops the class', () => {
  assert.deepEqual(
    parseScopes(['repository:host:5000/a/b:pull,push registry:catalog:*', 'repository(plugin):a:pull']),
    [
      { type: 'repository', name: 'host:5000/a/b', actions: ['pull', 'push'] },
      { type: 'registry', name: 'catalog', actions: ['*'] },
      { type: 'repository', name: 'a', actions: ['pull'] },
    ],
  )
  assert.deepEqual(parseScopes(['', ' ']), [])
})

test('parseScopes() refuses what is no scope and what is too much', () => {
  for (const text of ['x', 'repository:', ':a:b', 'repository:a', 'a:b '.repeat(101), 'a:b:c '.repeat(101)])
    assert.throws(() => parseScopes([text]), { kind: 'UNSUPPORTED' }, text.slice(0, 20))
})

test('parseScopes() reads what formatScope() writes', () => {
  const word = fc.stringMatching(/^[a-z0-9]{1,8}$/)
  const scope = fc.record(
    {
      type: word,
      name: fc.stringMatching(/^[a-z0-9/:]{1,20}$/),
      actions: fc.array(word, { minLength: 1 }),
    },
    { noNullPrototype: true },
  )
  fc.assert(
    fc.property(fc.array(scope), (scopes) => assert.deepEqual(parseScopes(scopes.map(formatScope)), scopes)),
  )
})
