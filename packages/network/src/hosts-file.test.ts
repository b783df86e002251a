import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatHosts } from './hosts-file.ts'

test("formatHosts() has Docker's lines, then extra hosts, then the container", () => {
  const request = {
    hostname: 'web',
    domainname: 'example.org',
    addresses: ['172.17.0.2'],
    extraHosts: ['db:10.0.0.5'],
  }
  assert.equal(
    formatHosts(request),
    '127.0.0.1\tlocalhost\n' +
      '::1\tlocalhost ip6-localhost ip6-loopback\n' +
      'fe00::\tip6-localnet\nff00::\tip6-mcastprefix\nff02::1\tip6-allnodes\nff02::2\tip6-allrouters\n' +
      '10.0.0.5\tdb\n' +
      '172.17.0.2\tweb.example.org web\n',
  )
})

test('formatHosts() without IPv6 has the IPv4 line alone', () => {
  assert.equal(formatHosts({ hostname: 'x', addresses: [], withoutIpv6: true }), '127.0.0.1\tlocalhost\n')
})

test('formatHosts() takes IPv6 addresses of extra hosts with and without brackets', () => {
  const text = formatHosts({
    hostname: 'x',
    addresses: [],
    extraHosts: ['a:fd00::1', 'b=[fd00::2]'],
    withoutIpv6: true,
  })
  assert.equal(text, '127.0.0.1\tlocalhost\nfd00::1\ta\nfd00::2\tb\n')
})

test('formatHosts() refuses extra hosts that could write lines of their own', () => {
  const format = (extra: string) => () => formatHosts({ hostname: 'x', addresses: [], extraHosts: [extra] })
  assert.throws(format('a\n1.1.1.1\tb:10.0.0.1'), { code: 'invalid-argument' })
  assert.throws(format('a:10.0.0.1\n1.1.1.1 b'), {
    message: 'invalid IP address in add-host: "10.0.0.1\n1.1.1.1 b"',
  })
  assert.throws(format('nothing'), { message: 'bad format for add-host: "nothing"' })
})
