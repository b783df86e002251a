import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatIpv4, formatSubnet, overlaps, parseIpv4, parseSubnet, sizeOf, subnetOf } from './ipv4.ts'
import { listFreeSubnets } from './subnet-pool.ts'

const addresses = fc.integer({ min: 0, max: 0xffff_ffff })
const prefixLengths = fc.integer({ min: 0, max: 32 })
const subnets = fc.tuple(addresses, prefixLengths).map(([address, length]) => subnetOf(address, length))

test('parseIpv4() reads back what formatIpv4() wrote', () => {
  fc.assert(fc.property(addresses, (address) => assert.equal(parseIpv4(formatIpv4(address)), address)))
})

test('parseSubnet() reads back what formatSubnet() wrote', () => {
  fc.assert(fc.property(subnets, (subnet) => assert.deepEqual(parseSubnet(formatSubnet(subnet)), subnet)))
})

test('overlaps() is true exactly when the wider subnet holds the first address of the other', () => {
  fc.assert(
    fc.property(subnets, subnets, (one, two) => {
      const wider = sizeOf(Math.min(one.prefixLength, two.prefixLength))
      assert.equal(overlaps(one, two), Math.floor(one.address / wider) === Math.floor(two.address / wider))
    }),
  )
})

test('parseSubnet() refuses other texts', () => {
  for (const text of [
    '',
    '10.0.0.0',
    '10.0.0.0/33',
    '10.0.0.0/8/8',
    '10.0.0/8',
    '010.0.0.0/8',
    '10.0.0.0/x',
    '::/0',
  ]) {
    assert.throws(() => parseSubnet(text), { code: 'invalid-argument' }, text)
  }
  assert.throws(() => parseSubnet('172.17.0.1/16'), /it should be 172\.17\.0\.0\/16/)
})

test("listFreeSubnets() goes through Docker's pools and avoids what is taken", () => {
  const first = (...taken: string[]) => formatSubnet(listFreeSubnets(taken.map(parseSubnet))[0])
  assert.equal(first(), '172.17.0.0/16')
  assert.equal(first('172.17.3.0/24', '172.18.0.0/15'), '172.20.0.0/16')
  assert.equal(first('172.16.0.0/12'), '192.168.0.0/20')
  assert.equal(first('172.16.0.0/12', '192.168.1.0/24'), '192.168.16.0/20')
  assert.throws(() => first('172.16.0.0/12', '192.168.0.0/16'), {
    code: 'unavailable',
    message: 'all predefined address pools have been fully subnetted',
  })
})
