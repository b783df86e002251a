import { openDatabase } from '@berth/stdx'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { IpamStore } from './ipam-store.ts'
import { parseSubnet } from './ipv4.ts'

function openStore(subnet: string): { store: IpamStore } & Disposable {
  const database = openDatabase(':memory:')
  const store = new IpamStore(database, 'bt0')
  store.saveNetwork({ subnet: parseSubnet(subnet), ownsBridge: true, ownsForwarding: false })
  return { store, [Symbol.dispose]: () => database.close() }
}

const reserve = (store: IpamStore, endpointId: string, address?: number) =>
  store.reserve({ endpointId, address, hostInterface: `v${endpointId}`, macOf: String }).address

test('reserve() never gives an address twice, and freed ones last, oldest first', () => {
  const steps = fc.array(fc.tuple(fc.constantFrom('reserve', 'release'), fc.nat(15)), { maxLength: 80 })
  fc.assert(
    fc.property(steps, (steps) => {
      using opened = openStore('10.0.0.0/28')
      const { address: base } = parseSubnet('10.0.0.0/28')
      const queue = Array.from({ length: 13 }, (_, index) => base + 2 + index)
      const held = new Map<string, number>()
      for (const [step, number] of steps) {
        const id = `e${number}`
        const address = held.get(id)
        if (step === 'release') {
          opened.store.release(id)
          if (address !== undefined) queue.push(address)
          held.delete(id)
        } else if (address !== undefined) {
          assert.throws(() => reserve(opened.store, id), { code: 'already-exists' })
        } else if (queue.length === 0) {
          assert.throws(() => reserve(opened.store, id), { code: 'unavailable' })
        } else {
          held.set(id, reserve(opened.store, id))
          assert.equal(held.get(id), queue.shift())
        }
      }
      const rows = opened.store
        .listEndpoints()
        .map(({ endpointId, address }) => [endpointId, address] as const)
      assert.deepEqual(new Map(rows), held)
    }),
    { numRuns: 50 },
  )
})

test('reserve() gives a wished address when it is free and inside', () => {
  using opened = openStore('10.0.0.0/29')
  const { address: base } = parseSubnet('10.0.0.0/29')
  assert.equal(reserve(opened.store, 'a', base + 3), base + 3)
  assert.throws(() => reserve(opened.store, 'b', base + 3), {
    code: 'forbidden',
    message: 'Address already in use',
  })
  for (const outside of [base, base + 1, base + 7, base + 8]) {
    assert.throws(() => reserve(opened.store, 'b', outside), { message: 'Requested address is out of range' })
  }
  assert.deepEqual(
    ['b', 'c', 'd'].map((id) => reserve(opened.store, id)),
    [base + 2, base + 4, base + 5],
  )
  opened.store.release('c')
  opened.store.release('a')
  assert.equal(reserve(opened.store, 'e'), base + 6)
  assert.equal(reserve(opened.store, 'f'), base + 4)
})

test('saveNetwork() with another subnet starts over', () => {
  using opened = openStore('10.0.0.0/29')
  reserve(opened.store, 'a')
  opened.store.release('a')
  const subnet = parseSubnet('10.1.0.0/24')
  opened.store.saveNetwork({ subnet, ownsBridge: true, ownsForwarding: false })
  assert.equal(reserve(opened.store, 'a'), subnet.address + 2)
})
