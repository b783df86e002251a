import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CookieJar } from './cookie-jar.ts'

test('CookieJar() sets cookies that scripts cannot read and other sites cannot send', () => {
  const jar = new CookieJar(undefined, false)
  jar.set('session', 'secret', { maxAgeSeconds: 60.5 })
  assert.deepEqual(jar.changes, ['berth_session=secret; Path=/; HttpOnly; SameSite=Lax; Max-Age=60'])
})

test('CookieJar() binds cookies to the host over TLS and takes no others', () => {
  const jar = new CookieJar('berth_session=planted; __Host-berth_session=own', true)
  assert.equal(jar.find('session'), 'own')
  jar.set('session', 'new')
  assert.match(jar.changes[0] ?? '', /^__Host-berth_session=new; .*Secure/)
  assert.equal(new CookieJar('berth_session=planted', true).find('session'), undefined)
})

test('CookieJar() takes the first of a name, and nothing of what is no cookie', () => {
  const jar = new CookieJar('noise; =x; berth_a=1=2; berth_a=3', false)
  assert.equal(jar.find('a'), '1=2')
  assert.equal(jar.find('noise'), undefined)
  assert.equal(new CookieJar(`berth_a=${'x'.repeat(20_000)}`, false).find('a'), undefined)
})

test('CookieJar() ends a cookie at once when it is deleted', () => {
  const jar = new CookieJar('berth_a=1', false)
  jar.set('a', '2')
  jar.delete('a')
  assert.deepEqual(jar.changes, ['berth_a=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0'])
})
