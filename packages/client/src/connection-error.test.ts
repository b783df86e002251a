import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connectionError } from './connection-error.ts'

const options = {
  host: 'unix:///run/x.sock',
  address: { kind: 'unix', path: '/run/x.sock' },
  headers: {},
  tls: undefined,
  environment: {},
} as const
const request = { method: 'GET', path: '/v1.51/info' } as const

const explain = (code: string) => connectionError(Object.assign(new Error('why'), { code }), options, request)

test('connectionError() says the same as other clients, and the next step', () => {
  const absent = explain('ENOENT')
  assert.equal(
    absent.message,
    'Cannot connect to the Docker daemon at unix:///run/x.sock. Is the docker daemon running?',
  )
  assert.match(absent.hint ?? '', /berthd/)
  const denied = explain('EACCES')
  assert.equal(
    denied.message,
    'permission denied while trying to connect to the Docker daemon socket at unix:///run/x.sock: ' +
      'Get "http://%2Frun%2Fx.sock/v1.51/info": dial unix /run/x.sock: connect: permission denied',
  )
  assert.match(denied.hint ?? '', /sudo usermod -aG docker \$USER.*log in again/)
})
