import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { test } from 'node:test'
import { ForwardedAddress } from './forwarded-address.ts'

function requestFrom(remoteAddress: string, forwardedFor?: string): IncomingMessage {
  const headers = forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor }
  return { socket: { remoteAddress }, headers } as IncomingMessage
}

test('ForwardedAddress.find() believes trusted proxies alone, and of them what the last untrusted hop is', () => {
  const forwarded = new ForwardedAddress(['127.0.0.1/32', '10.0.0.0/8', '::1/128'])
  for (const [from, header, client] of [
    ['127.0.0.1', '192.0.2.1', '192.0.2.1'],
    ['::ffff:127.0.0.1', '192.0.2.1', '192.0.2.1'],
    ['::1', '2001:db8::1', '2001:db8::1'],
    ['127.0.0.1', '198.51.100.9, 192.0.2.1, 10.1.2.3', '192.0.2.1'],
    ['127.0.0.1', '127.0.0.1', undefined],
    ['127.0.0.1', 'unknown', undefined],
    ['127.0.0.1', undefined, undefined],
    ['192.0.2.7', '127.0.0.1', undefined],
  ] as const)
    assert.equal(forwarded.find(requestFrom(from, header)), client, `${from} ${header}`)
  assert.equal(new ForwardedAddress([]).find(requestFrom('127.0.0.1', '192.0.2.1')), undefined)
})
