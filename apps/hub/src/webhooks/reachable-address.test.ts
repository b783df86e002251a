import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findReachableAddress, refuseInnerHost } from './reachable-address.ts'

const inner = [
  '127.0.0.1',
  '127.8.9.10',
  '0.0.0.0',
  '10.0.0.1',
  '100.64.0.1',
  '169.254.169.254',
  '172.16.0.1',
  '192.0.0.1',
  '192.168.1.1',
  '198.18.0.1',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  'fe80::1',
  'fc00::1',
  'fd12::1',
  'ff02::1',
  '::ffff:127.0.0.1',
  '::ffff:a00:1',
  '::7f00:1',
  '::ffff:0:7f00:1',
  '64:ff9b::7f00:1',
  '64:ff9b:1::7f00:1',
  '2002:7f00:1::',
  '2001::1',
  '4000::1',
]
const oddlyWritten = [
  '0x7f.1',
  '2130706433',
  '0177.0.0.1',
  '127.1',
  '10.0.0.1.',
  '[::ffff:7f00:1]',
  '①②⑦.0.0.1',
]
const never = () => assert.fail('an address is not looked up')
const options = { allowedNetworks: [], signal: new AbortController().signal, resolve: never }

test('findReachableAddress() refuses every address that is not public, in each of its forms', async () => {
  for (const address of inner) {
    const host = address.includes(':') ? `[${address}]` : address
    await assert.rejects(findReachableAddress(host, options), { code: 'forbidden' }, address)
    await assert.rejects(
      findReachableAddress('name.test', { ...options, resolve: async () => [address] }),
      { code: 'forbidden' },
      `a name that means ${address}`,
    )
  }
})

test('findReachableAddress() refuses odd ways of writing an inner address, as URLs read them', async () => {
  for (const host of oddlyWritten) {
    const { hostname } = new URL(`http://${host}/`)
    await assert.rejects(findReachableAddress(hostname, options), { code: 'forbidden' }, host)
  }
})

test('findReachableAddress() refuses a name with one inner address among public ones, and one with none', async () => {
  const resolve = async () => ['93.184.216.34', '127.0.0.1']
  await assert.rejects(findReachableAddress('name.test', { ...options, resolve }), { code: 'forbidden' })
  const nothing = async () => []
  await assert.rejects(findReachableAddress('name.test', { ...options, resolve: nothing }), {
    code: 'forbidden',
  })
})

test('findReachableAddress() gives the public address that a name has, and inner ones that are allowed', async () => {
  const resolve = async () => ['93.184.216.34', '2606:2800:220:1::1']
  assert.equal(await findReachableAddress('name.test', { ...options, resolve }), '93.184.216.34')
  const allowed = { ...options, allowedNetworks: ['10.1.0.0/16', '::1/128'] }
  assert.equal(await findReachableAddress('10.1.2.3', allowed), '10.1.2.3')
  assert.equal(await findReachableAddress('[::1]', allowed), '::1')
  await assert.rejects(findReachableAddress('10.2.0.1', allowed), { code: 'forbidden' })
})

const hostOf = (host: string) => new URL(`http://${host}/`).hostname

test('refuseInnerHost() refuses what is not public by itself, however it is written, and asks nobody what names mean', () => {
  const written = inner.map((address) => (address.includes(':') ? `[${address}]` : address))
  for (const host of [...written, ...oddlyWritten, 'localhost', 'LocalHost.', 'db.localhost'])
    assert.throws(() => refuseInnerHost(hostOf(host), []), { code: 'invalid-argument' }, host)
  for (const host of ['93.184.216.34', '[2606:2800:220:1::1]', 'name.test', 'localhost.test', 'notlocalhost'])
    refuseInnerHost(hostOf(host), [])
})

test('refuseInnerHost() takes what is allowed, in any form', () => {
  for (const host of ['127.0.0.1', '0x7f.1', '[::ffff:127.0.0.1]', 'localhost'])
    refuseInnerHost(hostOf(host), ['127.0.0.0/8'])
  assert.throws(() => refuseInnerHost(hostOf('[::1]'), ['127.0.0.0/8']), { code: 'invalid-argument' })
})
