import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isCoded } from '@berth/stdx'
import fc from 'fast-check'
import { digestOf } from './digest.ts'
import { parseImageConfig } from './image-config.ts'

const config = { os: 'linux', architecture: 'amd64', rootfs: { type: 'layers', diff_ids: [] } }
const parse = (value: unknown) => parseImageConfig(Buffer.from(JSON.stringify(value)))

test('parseImageConfig() takes what encoders write for left out, and fields it does not know', () => {
  const parsed = parse({
    ...config,
    created: null,
    config: { Env: null, Cmd: null, Labels: null, Volumes: { '/data': {} }, Future: 1 },
    history: [{ created: '2026-01-01T00:00:00.123456789+02:00', empty_layer: true }],
  })
  assert.equal(parsed.architecture, 'amd64')
  assert.equal(parse({ ...config, created: '0001-01-01T00:00:00Z', config: null, history: null }).os, 'linux')
})

test('parseImageConfig() names the field that holds what it may not', () => {
  for (const [change, field] of [
    [{ created: 'yesterday' }, 'created'],
    [{ history: 'long' }, 'history'],
    [{ history: [null] }, 'history'],
    [{ history: [{}, { created_by: 1 }] }, 'history[1].created_by'],
    [{ config: [] }, 'config'],
    [{ config: { Env: 'A=1' } }, 'config.Env'],
    [{ config: { Cmd: [1] } }, 'config.Cmd'],
    [{ config: { Labels: { a: 1 } } }, 'config.Labels'],
    [{ config: { User: 0 } }, 'config.User'],
    [{ config: { Healthcheck: { Test: 'true' } } }, 'config.Healthcheck.Test'],
    [{ config: { Healthcheck: { Interval: '1s' } } }, 'config.Healthcheck.Interval'],
    [{ os: 1 }, 'os'],
    [{ 'os.features': 'x' }, 'os.features'],
  ] as const) {
    assert.throws(() => parse({ ...config, ...change }), {
      code: 'invalid-argument',
      message: `Cannot parse image config: ${field} is not of its type`,
    })
  }
})

test('parseImageConfig() leaves out what is null, and keeps what it does not know', () => {
  const parsed = parse({
    ...config,
    author: null,
    config: { Env: null, Cmd: ['a'], Future: 1 },
    history: [{ created: null, comment: 'c' }],
    'moby.future': 1,
  })
  assert.deepEqual(parsed, {
    ...config,
    config: { Cmd: ['a'], Future: 1 },
    history: [{ comment: 'c' }],
    'moby.future': 1,
  })
})

test('parseImageConfig() takes an image without layers, and refuses what is no list of digests', () => {
  const layers = [digestOf('a'), digestOf('b', 'sha512')]
  assert.deepEqual(parse({ ...config, rootfs: { diff_ids: layers } }).rootfs, {
    type: 'layers',
    diff_ids: layers,
  })
  for (const rootfs of [{}, { type: 'layers', diff_ids: null }])
    assert.deepEqual(parse({ ...config, rootfs }).rootfs.diff_ids, [])
  for (const rootfs of [undefined, null, [], 'x', { diff_ids: {} }, { diff_ids: [1] }, { diff_ids: [null] }])
    assert.throws(() => parse({ ...config, rootfs }), {
      code: 'invalid-argument',
      message: /no rootfs.diff_ids/,
    })
  for (const id of ['', '../../etc', 'sha256:abc', `SHA256:${'a'.repeat(64)}`])
    assert.throws(() => parse({ ...config, rootfs: { diff_ids: [id] } }), { code: 'invalid-argument' })
})

test('parseImageConfig() refuses artifacts, which say nothing of a platform', () => {
  for (const value of [{}, { ...config, os: undefined }, { ...config, architecture: null }])
    assert.throws(() => parse(value), { code: 'invalid-argument', message: /no (rootfs|os or architecture)/ })
})

test('parseImageConfig() throws nothing but CodedError', () => {
  const name = fc.constantFrom(
    'os',
    'architecture',
    'rootfs',
    'config',
    'history',
    'created',
    'variant',
    '__proto__',
  )
  const field = fc.constantFrom('Env', 'Cmd', 'Labels', 'Healthcheck', 'Volumes', 'User', '__proto__')
  const text = fc.oneof(
    fc.string(),
    fc.json(),
    fc.tuple(name, fc.jsonValue()).map(([name, value]) => JSON.stringify({ ...config, [name]: value })),
    fc
      .tuple(field, fc.jsonValue())
      .map(([field, value]) => JSON.stringify({ ...config, config: { [field]: value } })),
  )
  fc.assert(
    fc.property(text, (text) => {
      try {
        parseImageConfig(Buffer.from(text))
      } catch (error) {
        assert.ok(isCoded(error, 'invalid-argument'), String(error))
      }
    }),
    { numRuns: 1000 },
  )
})
