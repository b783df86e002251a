import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { CodedError } from '@berth/stdx'
import type { KeySource } from './signing-keys.ts'

/**
 * One key that somebody else keeps and changes, so that other registries can be told of it beforehand: PEM of a private key on
 * the curve P-256, which all of them can verify. Throws `invalid-argument`, without showing it.
 */
export function givenSigningKey(pem: string | Uint8Array): KeySource {
  const privateKey = readKey(pem)
  const publicKey = createPublicKey(privateKey)
  const kid = keyIdOf(publicKey)
  return {
    current: async () => ({ kid, privateKey, publicKey, createdAt: 0 }),
    find: async (name) => (name === kid ? publicKey : undefined),
  }
}

function readKey(pem: string | Uint8Array): KeyObject {
  let key: KeyObject | undefined
  try {
    key = createPrivateKey(Buffer.from(pem))
  } catch {
    // The reason may quote the key.
  }
  if (key?.asymmetricKeyDetails?.namedCurve === 'prime256v1') return key
  throw new CodedError('invalid-argument', 'the key that signs tokens is no private key on P-256 in PEM', {
    hint: 'Make one: openssl ecparam -name prime256v1 -genkey -noout -out token.key',
  })
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const hashedBytes = 30

/** How registries name a key that they know by its certificate: distribution token specification, "Header", `kid`. */
function keyIdOf(publicKey: KeyObject): string {
  const der = publicKey.export({ type: 'spki', format: 'der' })
  const bits = [...createHash('sha256').update(der).digest().subarray(0, hashedBytes)]
    .map((byte) => byte.toString(2).padStart(8, '0'))
    .join('')
  const letters = (bits.match(/.{5}/g) ?? []).map((five) => alphabet[parseInt(five, 2)]).join('')
  return (letters.match(/.{4}/g) ?? []).join(':')
}
