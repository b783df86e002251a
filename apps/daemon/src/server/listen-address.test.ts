import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isCoded } from '@berth/stdx'
import { formatListenAddress, parseListenAddress } from './listen-address.ts'

const parse = (text: string, isTls = false) => parseListenAddress(text, { isTls })

test('parseListenAddress() reads what dockerd takes', () => {
  assert.deepEqual(parse('unix:///tmp/x.sock'), { kind: 'unix', path: '/tmp/x.sock' })
  assert.deepEqual(parse('unix://'), { kind: 'unix', path: '/run/berth/berth.sock' })
  assert.deepEqual(parse('tcp://0.0.0.0:2375'), { kind: 'tcp', host: '0.0.0.0', port: 2375 })
  assert.deepEqual(parse('127.0.0.1:80'), { kind: 'tcp', host: '127.0.0.1', port: 80 })
  assert.deepEqual(parse('tcp://[::1]:80'), { kind: 'tcp', host: '::1', port: 80 })
  assert.deepEqual(parse('tcp://', true), { kind: 'tcp', host: 'localhost', port: 2376 })
  assert.deepEqual(parse('fd://'), { kind: 'fd', fd: undefined })
  assert.deepEqual(parse('fd://3'), { kind: 'fd', fd: 3 })
})

test('parseListenAddress() refuses the rest', () => {
  for (const text of [
    'http://x',
    'npipe:////x',
    'tcp://x:99999',
    'tcp://x/y',
    'unix://relative',
    `unix:///${'a'.repeat(107)}`,
    'fd://x',
  ]) {
    assert.throws(() => parse(text), {
      code: 'invalid-argument',
      message: `invalid bind address format: ${text}`,
    })
  }
})

test('formatListenAddress() gives back what was read', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.ipV6().map((host) => `tcp://[${host}]:1`),
      ),
      (text) => {
        try {
          const address = parse(text)
          assert.deepEqual(parse(formatListenAddress(address)), address)
        } catch (error) {
          assert.ok(isCoded(error, 'invalid-argument'), String(error))
        }
      },
    ),
  )
})
