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
  assert.throws(() => parseHostAddress('ssh://h', false), { code: 'not-implemented' })
})
