import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto'
import type { SigningKeyStore } from './signing-key-store.ts'

const dayMs = 24 * 60 * 60 * 1000
/** A key signs for so long; then a new one does. */
const signsForMs = 30 * dayMs
/** What it signed is believed for a while longer than any token lives. */
const verifiesForMs = signsForMs + dayMs

export interface SigningKey {
  /** Name of the key in tokens: made from the public key itself. */
  kid: string
  privateKey: KeyObject
  publicKey: KeyObject
  createdAt: number
}

/** Where keys come from. */
export interface KeySource {
  /** The key to sign with. */
  current(): Promise<SigningKey>
  /** The public key of that name, if it is believed. */
  find(kid: string): Promise<KeyObject | undefined>
}

/** Ed25519 keys that several processes share, made when they are needed. */
export class SigningKeys implements KeySource {
  readonly #store: SigningKeyStore
  readonly #now: () => number
  #keys: SigningKey[] = []

  constructor(store: SigningKeyStore, now: () => number) {
    this.#store = store
    this.#now = now
  }

  /** The key to sign with. Retires old keys and makes a new one when it is time. */
  async current(): Promise<SigningKey> {
    const newest = this.#keys.at(-1)
    if (newest && this.#now() - newest.createdAt < signsForMs) return newest
    await this.#load()
    const loaded = this.#keys.at(-1)
    if (loaded && this.#now() - loaded.createdAt < signsForMs) return loaded
    return await this.rotate()
  }

  /** The public key of that name, if it is still believed. Another process may have made it. */
  async find(kid: string): Promise<KeyObject | undefined> {
    if (!this.#keys.some((key) => key.kid === kid)) await this.#load()
    const key = this.#keys.find((key) => key.kid === kid)
    return key && this.#now() - key.createdAt < verifiesForMs ? key.publicKey : undefined
  }

  /** Makes a new key, which signs from now on; what older ones signed is believed until they are retired. */
  async rotate(): Promise<SigningKey> {
    await this.#load()
    // The newest signs, also when two are made at the same time.
    const createdAt = Math.max(this.#now(), (this.#keys.at(-1)?.createdAt ?? 0) + 1)
    const key = signingKey(generateKeyPairSync('ed25519').privateKey, createdAt)
    const privateKey = key.privateKey.export({ type: 'pkcs8', format: 'pem' })
    await this.#store.addKey({ kid: key.kid, privateKey, createdAt }, this.#now() - verifiesForMs)
    await this.#load()
    return key
  }

  async #load(): Promise<void> {
    const stored = await this.#store.listKeys()
    this.#keys = stored.map(({ privateKey, createdAt }) =>
      signingKey(createPrivateKey(privateKey), createdAt),
    )
  }
}

function signingKey(privateKey: KeyObject, createdAt: number): SigningKey {
  const publicKey = createPublicKey(privateKey)
  const kid = createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, 16)
  return { kid, privateKey, publicKey, createdAt }
}
