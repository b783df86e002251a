import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatResolvConf } from './resolv-conf.ts'

const hosts =
  'nameserver 10.0.0.1 # main\n; old\nsearch a.example b.example\noptions ndots:2\noptions edns0\nsortlist 10.0.0.0\n'

test('formatResolvConf() keeps what the host has', () => {
  const { text, warnings } = formatResolvConf({ host: hosts })
  assert.equal(
    text,
    'nameserver 10.0.0.1\nsearch a.example b.example\noptions ndots:2 edns0\nsortlist 10.0.0.0\n',
  )
  assert.deepEqual(warnings, [])
})

test('formatResolvConf() leaves out loopback and link-local servers, and those of a family that is off', () => {
  const host =
    'nameserver 127.0.0.1\nnameserver ::1\nnameserver fe80::1%eth0\nnameserver fd00::1\nnameserver 192.0.2.1\n'
  assert.equal(formatResolvConf({ host }).text, 'nameserver 192.0.2.1\n')
  assert.equal(formatResolvConf({ host, withIpv6: true }).text, 'nameserver fd00::1\nnameserver 192.0.2.1\n')
})

test('formatResolvConf() falls back to public servers, with a warning', () => {
  const { text, warnings } = formatResolvConf({ host: 'nameserver 127.0.0.1\n' })
  assert.equal(text, 'nameserver 8.8.8.8\nnameserver 8.8.4.4\n')
  assert.deepEqual(warnings, [
    'No non-localhost DNS nameservers are left in resolv.conf. Using default external servers',
  ])
  assert.equal(formatResolvConf({ host: '' }).text, text)
})

test("formatResolvConf() takes the servers behind systemd's stub", () => {
  const request = {
    host: 'nameserver 127.0.0.53\nsearch stub\n',
    systemd: 'nameserver 192.0.2.7\nsearch real\n',
  }
  assert.equal(formatResolvConf(request).text, 'nameserver 192.0.2.7\nsearch real\n')
})

test('formatResolvConf() is overridden part by part', () => {
  const request = { host: hosts, nameservers: ['127.0.0.1'], search: ['.'], options: ['ndots:0'] }
  assert.equal(formatResolvConf(request).text, 'nameserver 127.0.0.1\noptions ndots:0\nsortlist 10.0.0.0\n')
})
