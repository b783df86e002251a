import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LoginLimits, type LoginAttempt } from './login-limits.ts'

/** How a try ends: let in, refused, or not even tried. */
async function outcome(limits: LoginLimits, login: LoginAttempt, isRight: boolean): Promise<string> {
  const attempt = async () => (isRight ? 'in' : undefined)
  return limits.try(login, attempt).catch((error: { kind: string }) => error.kind)
}

async function guess(limits: LoginLimits, login: LoginAttempt, times: number): Promise<Set<string>> {
  const outcomes = Array.from({ length: times }, () => outcome(limits, login, false))
  return new Set((await Promise.all(outcomes)).slice(10))
}

test('LoginLimits.try() stops an address that guesses, for a minute, and nobody else', async () => {
  const clock = { now: 0 }
  const limits = new LoginLimits({ now: () => clock.now })
  const attacker = { name: 'ann', address: '10.0.0.1' }
  assert.deepEqual(await guess(limits, attacker, 1000), new Set(['TOO_MANY_REQUESTS']))
  assert.equal(await outcome(limits, attacker, true), 'TOO_MANY_REQUESTS', 'a right one tells nothing')
  assert.equal(await outcome(limits, { ...attacker, name: 'bob' }, true), 'TOO_MANY_REQUESTS')
  assert.equal(await outcome(limits, { name: 'ann', address: '10.0.0.2' }, true), 'in')
  assert.equal(await outcome(limits, { name: 'bob', address: '10.0.0.2' }, true), 'in')
  clock.now += 61_000
  assert.equal(await outcome(limits, attacker, true), 'in')
})

test('LoginLimits.try() lets an account in from where it is known, and with a token, whoever guesses', async () => {
  const limits = new LoginLimits()
  const home = { name: 'ann', address: '192.0.2.7' }
  assert.equal(await outcome(limits, home, true), 'in')
  for (let index = 0; index < 100; index++)
    await guess(limits, { name: 'ann', address: `10.0.1.${index}` }, 20)
  const elsewhere = { name: 'ann', address: '198.51.100.1' }
  assert.equal(await outcome(limits, elsewhere, true), 'TOO_MANY_REQUESTS', 'many addresses guess at ann')
  assert.equal(await outcome(limits, home, true), 'in')
  assert.equal(await outcome(limits, { ...elsewhere, isRandom: true }, true), 'in')
  assert.equal(await outcome(limits, { ...elsewhere, name: 'bob' }, true), 'in')
})

test('LoginLimits.try() counts a network of IPv6 addresses as one, and IPv4 the same in both forms', async () => {
  const limits = new LoginLimits()
  await guess(limits, { name: 'ann', address: '2001:db8::1' }, 20)
  const neighbour = { name: 'ann', address: '2001:db8:0:0:ffff::2' }
  assert.equal(await outcome(limits, neighbour, true), 'TOO_MANY_REQUESTS')
  assert.equal(await outcome(limits, { name: 'ann', address: '2001:db8:0:1::1' }, true), 'in')
  await guess(limits, { name: 'bob', address: '::ffff:10.0.0.9' }, 20)
  assert.equal(await outcome(limits, { name: 'bob', address: '10.0.0.9' }, true), 'TOO_MANY_REQUESTS')
})

test('LoginLimits.try() lets each of several processes have its share', async () => {
  const limits = new LoginLimits({ processes: 2 })
  const login = { name: 'ann', address: '10.0.0.3' }
  const outcomes = []
  for (let index = 0; index < 7; index++) outcomes.push(await outcome(limits, login, false))
  assert.deepEqual(outcomes, [...Array(5).fill('UNAUTHORIZED'), ...Array(2).fill('TOO_MANY_REQUESTS')])
})
