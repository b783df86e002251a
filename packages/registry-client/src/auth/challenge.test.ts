import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { chooseChallenge, parseChallenges } from './challenge.ts'

test('parseChallenges() reads what registries send', () => {
  assert.deepEqual(
    parseChallenges(
      'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push"',
    ),
    [
      {
        scheme: 'bearer',
        realm: 'https://auth.docker.io/token',
        service: 'registry.docker.io',
        scope: 'repository:a/b:pull,push',
      },
    ],
  )
  assert.deepEqual(parseChallenges('Basic realm=plain'), [{ scheme: 'basic', realm: 'plain' }])
  assert.deepEqual(parseChallenges('Negotiate, Basic realm="a \\"b\\"", charset="UTF-8", BEARER realm=x'), [
    { scheme: 'basic', realm: 'a "b"', charset: 'UTF-8' },
    { scheme: 'bearer', realm: 'x' },
  ])
  assert.deepEqual(parseChallenges(''), [])
  assert.deepEqual(parseChallenges('realm="no scheme"'), [])
})

test('chooseChallenge() takes Bearer where both are offered', () => {
  assert.equal(chooseChallenge('Basic realm="a", Bearer realm="b"')?.realm, 'b')
  assert.equal(chooseChallenge('Bearer service="no realm", Basic realm="a"')?.realm, 'a')
  assert.equal(chooseChallenge(undefined), undefined)
})

test('parseChallenges() gives back any realm that was quoted, and survives any text', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 200 }), (realm) => {
      const quoted = realm.replace(/[\r\n]/g, '').replace(/["\\]/g, '\\$&')
      assert.equal(
        parseChallenges(`Bearer realm="${quoted}",service="s"`)[0]?.realm,
        realm.replace(/[\r\n]/g, ''),
      )
    }),
  )
  fc.assert(fc.property(fc.string({ maxLength: 2_000 }), (text) => Array.isArray(parseChallenges(text))))
  fc.assert(
    fc.property(fc.stringMatching(/^[ ,="\\aB]{0,300}$/), (text) => Array.isArray(parseChallenges(text))),
  )
})
