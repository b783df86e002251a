import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestOf } from '@berth/oci'
import { RegistryError, type Access, type AccessPolicy } from '@berth/registry-server'
import { startHub } from '../../fixtures/hub.ts'
import { RegistryRequests } from './registry-requests.ts'

const digest = digestOf('x')

/** Every endpoint with what it must ask for. */
const endpoints: readonly [method: string, path: string, action: Access['action']][] = [
  ['GET', '/v2/', 'base'],
  ['GET', '/v2/_catalog', 'catalog'],
  ['GET', `/v2/a/b/blobs/${digest}`, 'pull'],
  ['HEAD', `/v2/a/b/blobs/${digest}`, 'pull'],
  ['DELETE', `/v2/a/b/blobs/${digest}`, 'delete'],
  ['POST', '/v2/a/b/blobs/uploads/', 'push'],
  ['GET', '/v2/a/b/blobs/uploads/id', 'push'],
  ['PATCH', '/v2/a/b/blobs/uploads/id', 'push'],
  ['PUT', `/v2/a/b/blobs/uploads/id?digest=${digest}`, 'push'],
  ['DELETE', '/v2/a/b/blobs/uploads/id', 'push'],
  ['GET', '/v2/a/b/manifests/v1', 'pull'],
  ['HEAD', '/v2/a/b/manifests/v1', 'pull'],
  ['PUT', '/v2/a/b/manifests/v1', 'push'],
  ['DELETE', '/v2/a/b/manifests/v1', 'delete'],
  ['GET', '/v2/a/b/tags/list', 'pull'],
  ['GET', `/v2/a/b/referrers/${digest}`, 'pull'],
]

test('every endpoint asks for its action and is refused without it', async () => {
  const asked: Access[] = []
  const policy: AccessPolicy = {
    grant: async ({ authorization }) => ({
      allows: (access) => asked.push(access) < 0,
      challenge: ({ action }) =>
        authorization === undefined ? `Bearer realm="https://token",scope="${action}"` : undefined,
    }),
  }
  await using hub = await startHub({ access: policy })
  const registry = new RegistryRequests(hub.url)
  for (const [method, path, action] of endpoints) {
    const anonymous = await registry.send(method, path, { status: 401 })
    assert.equal(anonymous.headers.get('www-authenticate'), `Bearer realm="https://token",scope="${action}"`)
    const known = await registry.send(method, path, { headers: { Authorization: 'Bearer x' }, status: 403 })
    assert.equal(known.headers.get('www-authenticate'), null)
    const wanted = action === 'base' || action === 'catalog' ? { action } : { action, repository: 'a/b' }
    assert.deepEqual(asked.splice(0), [wanted, wanted])
  }
})

test('wrong credentials are UNAUTHORIZED, and a policy that fails is told without its text', async () => {
  const failures: Error[] = [new RegistryError('UNAUTHORIZED'), new Error('secret of the data base')]
  await using hub = await startHub({
    access: {
      grant: async () => {
        throw failures.shift() ?? new Error('no more')
      },
    },
  })
  const registry = new RegistryRequests(hub.url)
  const wrong = await registry.sendForError('GET', '/v2/', { status: 401 })
  assert.deepEqual(wrong, { code: 'UNAUTHORIZED', message: 'authentication required' })
  const failed = await registry.sendForError('GET', '/v2/', { status: 500 })
  assert.deepEqual(failed, { code: 'UNKNOWN', message: 'unknown error' })
})
