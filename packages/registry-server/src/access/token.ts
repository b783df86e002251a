import { randomUUID, sign, verify, type KeyObject } from 'node:crypto'
import { RegistryError } from '../registry-error.ts'
import type { Scope } from './scope.ts'
import type { SigningKey } from './signing-keys.ts'

/** What a token says: distribution token specification, "JWT claims". Times are seconds since the epoch. */
export interface TokenClaims {
  iss: string
  /** Empty for everyone. */
  sub: string
  aud: string
  exp: number
  nbf: number
  iat: number
  /** What the accounts know the login by: ours alone. A claim keeps its form, and what is new gets a claim of its own. */
  login?: string | undefined
  session?: string | undefined
  jti: string
  access: Scope[]
}

const tokenLengthMax = 16 * 1024
/** Clocks of several machines differ a little. */
const leewaySeconds = 5

export function signToken(key: SigningKey, claims: Omit<TokenClaims, 'jti'>): string {
  const { algorithm, hash } = signatureOf(key.privateKey)
  const header = { typ: 'JWT', alg: algorithm, kid: key.kid }
  const content = `${encode(header)}.${encode({ ...claims, jti: randomUUID() })}`
  const signature = sign(hash, Buffer.from(content), { key: key.privateKey, dsaEncoding })
  return `${content}.${signature.toString('base64url')}`
}

/** RFC 7518 section 3.4: both numbers, one behind the other. */
const dsaEncoding = 'ieee-p1363'

/** What a key signs with: the key says it, never a token. */
const signatureOf = ({ asymmetricKeyType }: KeyObject) =>
  asymmetricKeyType === 'ec'
    ? ({ algorithm: 'ES256', hash: 'sha256' } as const)
    : ({ algorithm: 'EdDSA', hash: null } as const)

export interface VerifyOptions {
  issuer: string
  audience: string
  /** Milliseconds since the epoch. */
  now: number
  findKey: (kid: string) => Promise<KeyObject | undefined>
}

/**
 * The claims of a token that one of our own keys has signed for this service and this time; throws UNAUTHORIZED. The
 * algorithm is ours to choose and keys are found by name alone: a key inside the token says nothing.
 */
export async function verifyToken(token: string, options: VerifyOptions): Promise<TokenClaims> {
  const [header = '', payload = '', signature = '', ...more] = token.split('.')
  if (more.length > 0 || token.length > tokenLengthMax) throw refused()
  const { alg, kid } = keyNamed(decode(header))
  const key = await options.findKey(kid)
  const content = Buffer.from(`${header}.${payload}`)
  if (!key || !isSignedBy(key, { alg, content, signature: Buffer.from(signature, 'base64url') }))
    throw refused()
  const claims = decode(payload) as unknown as TokenClaims
  const seconds = options.now / 1000
  const isOurs = claims.iss === options.issuer && claims.aud === options.audience
  const isInTime = claims.nbf - leewaySeconds <= seconds && seconds < claims.exp
  if (!isOurs || !isInTime) throw refused()
  return claims
}

function keyNamed({ alg, kid, crit }: Record<string, unknown>): { alg: unknown; kid: string } {
  if (typeof kid === 'string' && crit === undefined) return { alg, kid }
  throw refused()
}

interface Signed {
  alg: unknown
  content: Buffer
  signature: Buffer
}

function isSignedBy(key: KeyObject, { alg, content, signature }: Signed): boolean {
  const { algorithm, hash } = signatureOf(key)
  return alg === algorithm && verify(hash, content, { key, dsaEncoding }, signature)
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

function decode(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>
  } catch {
    // Refused below, in the same words as everything else.
  }
  throw refused()
}

function refused(): RegistryError {
  return new RegistryError('UNAUTHORIZED', { message: 'invalid token' })
}
