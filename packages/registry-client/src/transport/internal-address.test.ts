import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isInternalAddress } from './internal-address.ts'

test('isInternalAddress() knows this machine and its local link, in all ways to write them', () => {
  const internal = [
    '127.0.0.1',
    '127.255.0.3',
    '0.0.0.0',
    '169.254.169.254',
    '::1',
    '::',
    'fe80::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    'fd00:ec2::254',
  ]
  for (const address of internal) assert.equal(isInternalAddress(address), true, address)
  for (const address of [
    '10.0.0.1',
    '192.168.1.1',
    '128.0.0.1',
    '203.0.113.7',
    '2001:db8::1',
    'localhost',
    '',
  ])
    assert.equal(isInternalAddress(address), false, address)
})
