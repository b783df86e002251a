import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseIpv4 } from './ipv4.ts'
import { macOfIpv4, parseMacAddress } from './mac-address.ts'

test('macOfIpv4() is 02:42 and the address', () => {
  assert.equal(macOfIpv4(parseIpv4('172.17.0.2')), '02:42:ac:11:00:02')
})

test('parseMacAddress() takes colons and dashes, and nothing else', () => {
  assert.equal(parseMacAddress('02-42-AC-11-00-02'), '02:42:ac:11:00:02')
  for (const text of ['', '02:42', '02:42:ac:11:00:02:03', '02:42:ac:11:00:0g']) {
    assert.throws(() => parseMacAddress(text), {
      code: 'invalid-argument',
      message: `invalid MAC address: ${text}`,
    })
  }
})
