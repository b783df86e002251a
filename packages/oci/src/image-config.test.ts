import assert from 'node:assert/strict'
import { test } from 'node:test'
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
  ] as const) {
    assert.throws(() => parse({ ...config, ...change }), {
      code: 'invalid-argument',
      message: `Cannot parse image config: ${field} is not of its type`,
    })
  }
})
