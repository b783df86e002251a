import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseHostAddress } from './host-address.ts'

test('parseHostAddress() reads sockets and TCP with their default ports', () => {
  assert.deepEqual(parseHostAddress('unix:///run/x.sock', false), { kind: 'unix', path: '/run/x.sock' })
  assert.deepEqual(parseHostAddress('tcp://10.0.0.5', false), {
    kind: 'tcp',
    hostname: '10.0.0.5',
    port: 2375,
  })
  assert.deepEqual(parseHostAddress('tcp://h', true), { kind: 'tcp', hostname: 'h', port: 2376 })
  assert.deepEqual(parseHostAddress('tcp://[::1]:80', false), { kind: 'tcp', hostname: '::1', port: 80 })
})

test('parseHostAddress() refuses what is no host', () => {
  assert.throws(() => parseHostAddress('/run/x.sock', false), {
    message: 'unable to parse docker host `/run/x.sock`',
  })
  assert.throws(() => parseHostAddress('fd://', false), { code: 'not-implemented' })
})

test('parseHostAddress() reads machines behind ssh', () => {
  const none = { kind: 'ssh', user: '', port: '', path: '' }
  assert.deepEqual(parseHostAddress('ssh://h', false), { ...none, hostname: 'h' })
  assert.deepEqual(parseHostAddress('ssh://me@h:22/run/x.sock', false), {
    ...none,
    user: 'me',
    hostname: 'h',
    port: '22',
    path: '/run/x.sock',
  })
  for (const wrong of [
    'ssh://',
    'ssh://h?x',
    'ssh://me:secret@h',
    "ssh://h/a'b",
    'ssh://h/a;b',
    'ssh://h/$(x)',
  ])
    assert.throws(() => parseHostAddress(wrong, false), { code: 'invalid-argument' }, wrong)
})
