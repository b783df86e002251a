import assert from 'node:assert/strict'
import { generateKeyPairSync, sign } from 'node:crypto'
import { test } from 'node:test'
import { givenSigningKey } from './given-signing-key.ts'
import { signToken, verifyToken, type TokenClaims } from './token.ts'

const pemOf = (key: { export: (options: { type: 'pkcs8'; format: 'pem' }) => string | Buffer }): string =>
  String(key.export({ type: 'pkcs8', format: 'pem' }))
const newPem = (): string => pemOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey)

const now = Date.now()
const seconds = Math.floor(now / 1000)
const claims = {
  iss: 'hub',
  aud: 'hub',
  sub: 'ann',
  nbf: seconds,
  iat: seconds,
  exp: seconds + 60,
  access: [],
}

function verifyWith(keys: ReturnType<typeof givenSigningKey>, token: string): Promise<TokenClaims> {
  return verifyToken(token, { issuer: 'hub', audience: 'hub', now, findKey: (kid) => keys.find(kid) })
}

test('givenSigningKey() signs with ES256 under the name that registries have for the key', async () => {
  const keys = givenSigningKey(newPem())
  const key = await keys.current()
  assert.match(key.kid, /^(?:[A-Z2-7]{4}:){11}[A-Z2-7]{4}$/)
  const token = signToken(key, claims)
  const header = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as object
  assert.deepEqual(header, { typ: 'JWT', alg: 'ES256', kid: key.kid })
  assert.equal((await verifyWith(keys, token)).sub, 'ann')
  await assert.rejects(verifyWith(givenSigningKey(newPem()), token), { message: 'invalid token' })
})

test('verifyToken() takes the algorithm from the key, never from the token', async () => {
  const keys = givenSigningKey(newPem())
  const { kid, privateKey } = await keys.current()
  const [, payload = ''] = signToken(await keys.current(), claims).split('.')
  for (const alg of ['none', 'EdDSA', 'HS256', 'RS256', 'ES384', undefined]) {
    const content = `${Buffer.from(JSON.stringify({ alg, kid })).toString('base64url')}.${payload}`
    const signature = sign('sha256', Buffer.from(content), { key: privateKey, dsaEncoding: 'ieee-p1363' })
    await assert.rejects(verifyWith(keys, `${content}.${signature.toString('base64url')}`), {
      message: 'invalid token',
    })
    await assert.rejects(verifyWith(keys, `${content}.`), { message: 'invalid token' })
  }
})

test('verifyToken() passes over claims that it does not know: a replica of the next version may have signed', async () => {
  const keys = givenSigningKey(newPem())
  const more = { device: 'a phone', tenant: { id: 7 } }
  const token = signToken(await keys.current(), { ...claims, ...more })
  assert.equal((await verifyWith(keys, token)).sub, 'ann')
})

test('givenSigningKey() refuses other keys without showing them', () => {
  const others = [
    pemOf(generateKeyPairSync('ed25519').privateKey),
    pemOf(generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey),
    pemOf(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey),
    'planted-secret',
    '',
  ]
  for (const pem of others)
    assert.throws(() => givenSigningKey(pem), {
      code: 'invalid-argument',
      message: 'the key that signs tokens is no private key on P-256 in PEM',
    })
})
