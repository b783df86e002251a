import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { isCoded } from '@berth/stdx'
import { parseCsvLine } from './csv-line.ts'
import { parsePorts } from './ports.ts'

test('parsePorts() publishes ranges port by port', () => {
  assert.deepEqual(parsePorts(['127.0.0.1:8000-8001:80-81/udp'], []), {
    exposed: { '80/udp': {}, '81/udp': {} },
    bindings: {
      '80/udp': [{ HostIp: '127.0.0.1', HostPort: '8000' }],
      '81/udp': [{ HostIp: '127.0.0.1', HostPort: '8001' }],
    },
  })
})

test('parsePorts() lets the engine choose from a range for one port', () => {
  assert.deepEqual(parsePorts(['9000-9010:90'], []).bindings, {
    '90/tcp': [{ HostIp: '', HostPort: '9000-9010' }],
  })
})

test('parsePorts() throws nothing but refusals', () => {
  const text = fc.oneof(fc.string(), fc.stringMatching(/^[\d:./\-[\]a-f]{0,12}$/))
  fc.assert(
    fc.property(text, (published) => {
      try {
        parsePorts([published], [])
      } catch (error) {
        assert.ok(isCoded(error, 'invalid-argument'), String(error))
      }
    }),
  )
})

test('parseCsvLine() gives back quoted fields whatever they hold', () => {
  const field = fc.string().filter((text) => !/[\r\n]/.test(text))
  fc.assert(
    fc.property(fc.array(field, { minLength: 1 }), (fields) => {
      const line = fields.map((text) => `"${text.replaceAll('"', '""')}"`).join(',')
      assert.deepEqual(parseCsvLine(line), fields)
    }),
  )
})
