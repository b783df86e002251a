import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CookieJar } from './cookie-jar.ts'
import { FormGuard } from './form-guard.ts'

const noCookies = () => new CookieJar(undefined, false)

test('FormGuard() takes a token of the same session, and of no other', () => {
  const token = new FormGuard(noCookies(), 'one').createToken()
  assert.equal(new FormGuard(noCookies(), 'one').isValid(token), true)
  assert.equal(new FormGuard(noCookies(), 'two').isValid(token), false)
  assert.equal(new FormGuard(noCookies(), undefined).isValid(token), false)
})

test('FormGuard() makes tokens that look different each time', () => {
  const guard = new FormGuard(noCookies(), 'one')
  const [first, second] = [guard.createToken(), guard.createToken()]
  assert.notEqual(first, second)
  assert.deepEqual([guard.isValid(first), guard.isValid(second)], [true, true])
})

test('FormGuard() refuses what is no token', () => {
  const guard = new FormGuard(noCookies(), 'one')
  const token = guard.createToken()
  const changed = (token[0] === 'A' ? 'B' : 'A') + token.slice(1)
  for (const wrong of [null, '', 'x', token.slice(1), `${token}AA`, changed, 'A'.repeat(86)])
    assert.equal(guard.isValid(wrong), false, String(wrong))
})

test('FormGuard() knows a visitor who has no session by a cookie of their own', () => {
  const cookies = noCookies()
  const token = new FormGuard(cookies, undefined).createToken()
  const cookie = cookies.changes[0]?.split(';', 1)[0]
  assert.ok(cookie)
  assert.equal(new FormGuard(new CookieJar(cookie, false), undefined).isValid(token), true)
  assert.equal(new FormGuard(noCookies(), undefined).isValid(token), false)
  // A cookie that a neighbour made up is as good as none.
  const guard = new FormGuard(new CookieJar('berth_visitor=x', false), undefined)
  assert.equal(guard.isValid(token), false)
})
