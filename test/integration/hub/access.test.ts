import assert from 'node:assert/strict'
import { createHmac, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { digestOf } from '@berth/oci'
import type { Logger } from '@berth/stdx'
import { basicOf, bearer, rights, roles, startGuarded, type GuardedRegistry } from './guarded-registry.ts'

const digest = digestOf('x')

/** Every endpoint of a repository with what it takes. */
const endpoints = [
  ['GET', `blobs/${digest}`, 'pull'],
  ['HEAD', `blobs/${digest}`, 'pull'],
  ['DELETE', `blobs/${digest}`, 'delete'],
  ['POST', 'blobs/uploads/', 'push'],
  ['GET', 'blobs/uploads/id', 'push'],
  ['PATCH', 'blobs/uploads/id', 'push'],
  ['PUT', `blobs/uploads/id?digest=${digest}`, 'push'],
  ['DELETE', 'blobs/uploads/id', 'push'],
  ['GET', 'manifests/v1', 'pull'],
  ['HEAD', 'manifests/v1', 'pull'],
  ['PUT', 'manifests/v1', 'push'],
  ['DELETE', 'manifests/v1', 'delete'],
  ['DELETE', `manifests/${digest}`, 'delete'],
  ['GET', 'tags/list', 'pull'],
  ['GET', `referrers/${digest}`, 'pull'],
] as const

describe('method × scope × visibility', async () => {
  for (const visibility of ['public', 'private'] as const) {
    for (const role of roles) {
      test(`${role} of a ${visibility} repository may ${rights[visibility][role].join(', ') || 'nothing'}`, async () => {
        await using guarded = await startGuarded()
        const repository = `${visibility}/app`
        const token = await guarded.tokenFor(role, `repository:${repository}:pull,push,delete`)
        for (const [method, path, action] of endpoints) {
          const url = `${guarded.url}/v2/${repository}/${path}`
          const response = await fetch(url, { method, headers: bearer(token) })
          const isRefused = response.status === 401
          assert.equal(isRefused, !rights[visibility][role].includes(action), `${method} ${path}`)
          if (isRefused) {
            const challenge = response.headers.get('www-authenticate') ?? ''
            assert.match(challenge, /^Bearer realm=.*,error="insufficient_scope"$/)
          }
          const elsewhere = await fetch(`${guarded.url}/v2/public/other/${path}`, {
            method,
            headers: bearer(token),
          })
          assert.equal(elsewhere.status, 401, `${method} ${path} with a token for another repository`)
        }
      })
    }
  }
})

test('GHSA-qg67-7m6v-qg25: a token for pushing deletes nothing', async () => {
  await using guarded = await startGuarded()
  const token = await guarded.tokenFor('owner', 'repository:private/app:pull,push')
  for (const path of [`blobs/${digest}`, 'manifests/v1', `manifests/${digest}`]) {
    const url = `${guarded.url}/v2/private/app/${path}`
    assert.equal((await fetch(url, { method: 'DELETE', headers: bearer(token) })).status, 401)
  }
})

test('CVE-2020-29662: without a token nothing answers, the catalog neither', async () => {
  await using guarded = await startGuarded()
  const paths = endpoints.map(([method, path]) => [method, `private/app/${path}`] as const)
  for (const [method, path] of [['GET', ''] as const, ['GET', '_catalog'] as const, ...paths]) {
    const response = await fetch(`${guarded.url}/v2/${path}`, { method })
    assert.equal(response.status, 401)
    assert.match(response.headers.get('www-authenticate') ?? '', /^Bearer realm="http.*",service="test"/)
  }
  const everyone = await guarded.tokenFor('everyone', 'registry:catalog:*')
  const refused = await fetch(`${guarded.url}/v2/_catalog`, { headers: bearer(everyone) })
  assert.equal(refused.status, 401)
  const reader = await guarded.tokenFor('reader', 'registry:catalog:*')
  assert.equal((await fetch(`${guarded.url}/v2/_catalog`, { headers: bearer(reader) })).status, 200)
})

test('what is private and what is not there look the same', async () => {
  await using guarded = await startGuarded()
  const owner = await guarded.tokenFor('owner', 'repository:private/app:pull,push')
  const headers = bearer(owner)
  const path = `/v2/private/app/blobs/uploads/?digest=${digest}`
  await guarded.requests.send('POST', path, { body: 'x', headers, status: 201 })
  const answers = await Promise.all(
    ['private/app', 'private/nothing'].map(async (name) => {
      const token = await guarded.tokenFor('everyone', `repository:${name}:pull`)
      const response = await fetch(`${guarded.url}/v2/${name}/blobs/${digest}`, { headers: bearer(token) })
      return [response.status, (await response.text()).replaceAll(name, 'N')]
    }),
  )
  assert.deepEqual(answers[0], answers[1])
})

test('CVE-2024-39897: neither HEAD nor a mount shows a blob of a repository that may not be read', async () => {
  await using guarded = await startGuarded()
  const owner = bearer(await guarded.tokenFor('owner', 'repository:secret/app:pull,push'))
  const pushed = `/v2/secret/app/blobs/uploads/?digest=${digest}`
  await guarded.requests.send('POST', pushed, { body: 'x', headers: owner, status: 201 })
  const mine = bearer(await guarded.tokenFor('writer', 'repository:private/mine:pull,push'))
  for (const query of [`mount=${digest}&from=secret/app`, `mount=${digest}`]) {
    const path = `/v2/private/mine/blobs/uploads/?${query}`
    await guarded.requests.send('POST', path, { headers: mine, status: 202 })
    await guarded.requests.send('HEAD', `/v2/private/mine/blobs/${digest}`, { headers: mine, status: 404 })
  }
  const path = `/v2/private/mine/blobs/uploads/?digest=${digest}`
  await guarded.requests.send('POST', path, { headers: mine, status: 400 })
})

test('CVE-2026-35172: a blob deleted from a repository is not there again after it was read elsewhere', async () => {
  await using guarded = await startGuarded()
  const scopes = ['repository:private/a:pull,push,delete', 'repository:private/b:pull,push,delete']
  const headers = bearer(await guarded.tokenFor('owner', ...scopes))
  for (const name of ['a', 'b']) {
    const path = `/v2/private/${name}/blobs/uploads/?digest=${digest}`
    await guarded.requests.send('POST', path, { body: 'x', headers, status: 201 })
  }
  await guarded.requests.send('DELETE', `/v2/private/a/blobs/${digest}`, { headers, status: 202 })
  await guarded.requests.send('GET', `/v2/private/b/blobs/${digest}`, { headers, status: 200 })
  await guarded.requests.send('GET', `/v2/private/a/blobs/${digest}`, { headers, status: 404 })
})

/** Tokens that look right and must not be believed. */
async function forgeries(guarded: GuardedRegistry, good: string): Promise<Record<string, string>> {
  const [header = '', payload = '', signature = ''] = good.split('.')
  const { kid } = JSON.parse(String(Buffer.from(header, 'base64url'))) as { kid: string }
  const claims = JSON.parse(String(Buffer.from(payload, 'base64url'))) as Record<string, unknown>
  const [privateKey = ''] = await guarded.signingKeys()
  const publicKey = createPublicKey(privateKey)
  const pem = publicKey.export({ type: 'spki', format: 'pem' })
  const own = generateKeyPairSync('ed25519')
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const signed = (head: object, body: object = claims) => {
    const content = `${encode(head)}.${encode(body)}`
    return `${content}.${sign(null, Buffer.from(content), own.privateKey).toString('base64url')}`
  }
  const hmacContent = `${encode({ alg: 'HS256', kid })}.${payload}`
  const more = { ...claims, access: [{ type: 'repository', name: 'private/app', actions: ['delete'] }] }
  return {
    'alg none': `${encode({ alg: 'none', kid })}.${payload}.`,
    'no signature': `${header}.${payload}.`,
    'HS256 with the public key': `${hmacContent}.${createHmac('sha256', pem).update(hmacContent).digest('base64url')}`,
    'a jwk in the token': signed({ alg: 'EdDSA', kid, jwk: own.publicKey.export({ format: 'jwk' }) }),
    'a certificate in the token': signed({ alg: 'EdDSA', kid, x5c: [pem] }),
    'another key under our name': signed({ alg: 'EdDSA', kid }),
    'an unknown key': signed({ alg: 'EdDSA', kid: 'unknown' }),
    'a path as a key': signed({ alg: 'EdDSA', kid: '../../../etc/passwd' }),
    'other claims': `${header}.${encode(more)}.${signature}`,
    'one part more': `${good}.x`,
    garbage: 'garbage',
    'no JSON': `${Buffer.from('x').toString('base64url')}.${payload}.${signature}`,
  }
}

test('CVE-2025-24976: only what our own keys have signed is believed, for its time', async () => {
  await using guarded = await startGuarded()
  const token = await guarded.tokenFor('reader', 'repository:private/app:pull')
  const statusOf = async (token: string) =>
    (await fetch(`${guarded.url}/v2/`, { headers: bearer(token) })).status
  assert.equal(await statusOf(token), 200)
  for (const [name, forged] of Object.entries(await forgeries(guarded, token)))
    assert.equal(await statusOf(forged), 401, name)
  guarded.clock.now -= 60_000
  assert.equal(await statusOf(token), 401, 'not yet')
  guarded.clock.now += 60_000 + 299_000
  assert.equal(await statusOf(token), 200)
  guarded.clock.now += 2_000
  assert.equal(await statusOf(token), 401, 'not any more')
})

test('keys: a new one signs, the old one is believed on; each installation has its own, for its owner alone', async () => {
  await using guarded = await startGuarded()
  await using other = await startGuarded()
  const before = await guarded.tokenFor('reader')
  await guarded.tokens.rotateKeys()
  const after = await guarded.tokenFor('reader')
  const kidOf = (token: string) => String(Buffer.from(token.split('.')[0] ?? '', 'base64url'))
  assert.notEqual(kidOf(before), kidOf(after))
  for (const token of [before, after]) {
    assert.equal((await fetch(`${guarded.url}/v2/`, { headers: bearer(token) })).status, 200)
    assert.equal((await fetch(`${other.url}/v2/`, { headers: bearer(token) })).status, 401)
  }
  guarded.clock.now += 32 * 86_400_000
  const fresh = await guarded.tokenFor('reader')
  assert.ok(![kidOf(before), kidOf(after)].includes(kidOf(fresh)))
  assert.equal((await guarded.signingKeys()).length, 1, 'retired keys are gone')
  for (const name of await readdir(guarded.directory))
    if (name.startsWith('registry.db'))
      assert.equal((await stat(join(guarded.directory, name))).mode & 0o777, 0o600, name)
})

test('a token is worth what its holder may do when it is used', async () => {
  await using guarded = await startGuarded()
  const scopes = ['repository:private/app:pull,push', 'repository:private/other:pull,push']
  const before = bearer(await guarded.tokenFor('writer', ...scopes))
  const begin = (repository: string, headers: Record<string, string>) =>
    fetch(`${guarded.url}/v2/${repository}/blobs/uploads/`, { method: 'POST', headers })
  assert.equal((await begin('private/app', before)).status, 202)
  guarded.accounts.withoutRights.add('private/app')
  guarded.clock.now += 1000
  const refused = await begin('private/app', before)
  assert.equal(refused.status, 401)
  assert.match(refused.headers.get('www-authenticate') ?? '', /scope="repository:private\/app:pull,push"/)
  const mount = `/v2/private/other/blobs/uploads/?mount=${digest}&from=private/app`
  await guarded.requests.send('POST', mount, { headers: before, status: 202 })
  assert.equal((await begin('private/other', before)).status, 202)
  guarded.accounts.withoutRights.delete('private/app')
  guarded.clock.now += 1000
  assert.equal((await begin('private/app', before)).status, 202)
  guarded.accounts.remove('writer')
  guarded.clock.now += 1000
  for (const repository of ['private/app', 'public/app'])
    assert.equal((await begin(repository, before)).status, 401, repository)
  assert.equal((await fetch(`${guarded.url}/v2/`, { headers: before })).status, 401)
})

test('the token service answers both forms, and a login that lasts ends with its account', async () => {
  await using guarded = await startGuarded()
  const url = `${guarded.url}/auth/token`
  const post = async (fields: Record<string, string>) => {
    const response = await fetch(url, {
      method: 'POST',
      body: new URLSearchParams({ service: 'test', client_id: 'me', ...fields }),
    })
    return { status: response.status, answer: (await response.json()) as Record<string, unknown> }
  }
  const scope = 'repository:public/a:pull,push repository:private/b:pull,push,delete'
  const login = { grant_type: 'password', username: 'reader', password: 'reader-password' }
  const first = await post({ ...login, access_type: 'offline', scope })
  assert.equal(first.status, 200)
  assert.equal(first.answer['scope'], 'repository:public/a:pull repository:private/b:pull')
  assert.equal(first.answer['expires_in'], 300)
  const refresh = { grant_type: 'refresh_token', refresh_token: String(first.answer['refresh_token']), scope }
  const second = await post(refresh)
  assert.equal(second.answer['scope'], first.answer['scope'])
  guarded.accounts.remove('reader')
  assert.equal((await post(refresh)).status, 401)
  assert.equal((await post(login)).status, 401)
  assert.equal((await post({ ...refresh, refresh_token: 'made up' })).status, 401)
  assert.equal((await post({ grant_type: 'magic' })).status, 405)
  assert.equal((await post({ ...login, more: 'x'.repeat(100_000) })).status, 413)
  const get = await fetch(`${url}?service=test&offline_token=true&account=owner`, {
    headers: basicOf('owner'),
  })
  const answer = (await get.json()) as Record<string, unknown>
  assert.equal(answer['token'], answer['access_token'])
  assert.equal(typeof answer['refresh_token'], 'string')
  assert.equal((await fetch(`${url}?service=another`)).status, 403)
  assert.equal((await fetch(url, { headers: basicOf('owner', 'wrong') })).status, 401)
})

test('passwords can be tried a few times a minute, by account and by address', async () => {
  await using guarded = await startGuarded()
  const url = `${guarded.url}/auth/token`
  const attempt = async (password: string) =>
    (await fetch(url, { headers: basicOf('owner', password) })).status
  for (let index = 0; index < 10; index++) assert.equal(await attempt(`guess ${index}`), 401)
  assert.equal(await attempt('owner-password'), 429)
  const response = await fetch(url, { headers: basicOf('reader') })
  assert.equal(response.status, 429, 'the address is the same')
  assert.ok(Number(response.headers.get('retry-after')) > 0)
  guarded.clock.now += 61_000
  assert.equal(await attempt('owner-password'), 200)
})

test('CVE-2020-13794: a wrong password and an unknown name are answered in the same words', async () => {
  await using guarded = await startGuarded()
  const bodies = await Promise.all(
    ['owner:wrong', 'nobody:wrong'].map(async (login) => {
      const headers = { Authorization: `Basic ${Buffer.from(login).toString('base64')}` }
      const response = await fetch(`${guarded.url}/auth/token`, { headers })
      return [response.status, await response.text()]
    }),
  )
  assert.deepEqual(bodies[0], bodies[1])
})

test('secrets: neither passwords nor tokens are in any log', async () => {
  const lines: string[] = []
  const log = (message: string, fields?: Record<string, unknown>) =>
    void lines.push(
      `${message} ${JSON.stringify(fields, (_, value: unknown) => (value instanceof Error ? String(value.stack) : value))}`,
    )
  const logger: Logger = { debug: log, info: log, warn: log, error: log, named: () => logger }
  await using guarded = await startGuarded(logger)
  const token = await guarded.tokenFor('owner', 'repository:private/app:pull')
  await fetch(`${guarded.url}/auth/token`, { headers: basicOf('owner', 'planted-secret') })
  await fetch(`${guarded.url}/v2/private/app/manifests/x`, { headers: bearer(token) })
  await fetch(`${guarded.url}/v2/private/app/manifests/x`, { headers: bearer(`${token}x`) })
  lines.push('at least this line')
  for (const line of lines)
    for (const secret of ['planted-secret', 'owner-password', token]) assert.ok(!line.includes(secret))
})
