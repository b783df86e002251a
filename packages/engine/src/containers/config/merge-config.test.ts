import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mergeConfig, mergeEnvironment } from './merge-config.ts'

const image = {
  Entrypoint: ['/entry'],
  Cmd: ['serve'],
  Env: ['PATH=/bin', 'A=1'],
  WorkingDir: '/app',
  User: 'app',
  Labels: { a: '1' },
}
const command = (request: Parameters<typeof mergeConfig>[0]) => {
  const { Entrypoint, Cmd } = mergeConfig(request, image)
  return { Entrypoint, Cmd }
}

test('mergeConfig() takes the image command when the request names none', () => {
  assert.deepEqual(command({}), { Entrypoint: ['/entry'], Cmd: ['serve'] })
  assert.deepEqual(command({ Entrypoint: null, Cmd: null }), { Entrypoint: ['/entry'], Cmd: ['serve'] })
})

test('mergeConfig() keeps the image entrypoint under a command of the request', () => {
  assert.deepEqual(command({ Cmd: ['sh'] }), { Entrypoint: ['/entry'], Cmd: ['sh'] })
})

test('mergeConfig() drops the image command when the request has an entrypoint, also an empty one', () => {
  assert.deepEqual(command({ Entrypoint: ['/x'] }), { Entrypoint: ['/x'], Cmd: null })
  assert.deepEqual(command({ Entrypoint: [''], Cmd: ['ls'] }), { Entrypoint: null, Cmd: ['ls'] })
  assert.deepEqual(command({ Entrypoint: [], Cmd: ['ls'] }), { Entrypoint: null, Cmd: ['ls'] })
})

test('mergeConfig() lays the request over the image and leaves the rest', () => {
  const merged = mergeConfig({ Labels: { b: '2' }, User: 'root', Env: ['A=2'] }, image)
  assert.deepEqual(merged.Labels, { a: '1', b: '2' })
  assert.deepEqual(merged.Env, ['PATH=/bin', 'A=2'])
  assert.equal(merged.User, 'root')
  assert.equal(merged.WorkingDir, '/app')
  assert.equal(merged.Volumes, null)
  assert.ok(!('HostConfig' in mergeConfig({ HostConfig: { Memory: 1 } }, image)))
})

test('mergeEnvironment() replaces by name and removes a name without a value', () => {
  assert.deepEqual(mergeEnvironment(['A=1', 'B=2'], ['A=3', 'B', 'C=']), ['A=3', 'C='])
})
