import type { AuthRequest } from '@berth/api'
import { join } from 'node:path'
import type { Output } from '../../command/io.ts'
import type { CliConfig } from '../cli-config.ts'
import { updateConfig } from '../update-config.ts'
import type { CredentialStore } from './credential-store.ts'
import { hostOf } from './registry-key.ts'
import { decodeStoredAuth, encodeStoredAuth } from './stored-auth.ts'

/** Credentials in config.json, which anyone can read who can read the file: whoever stores a password there is told. */
export class ConfigCredentials implements CredentialStore {
  readonly #config: CliConfig
  readonly #stderr: Output

  constructor(config: CliConfig, stderr: Output) {
    this.#config = config
    this.#stderr = stderr
  }

  async get(key: string): Promise<AuthRequest | undefined> {
    const stored = this.#find(key)
    return stored && decodeStoredAuth(stored)
  }

  async put(key: string, auth: AuthRequest): Promise<void> {
    const stored = encodeStoredAuth(auth)
    if (JSON.stringify(this.#config.auths?.[key]) === JSON.stringify(stored)) return
    await this.#update((auths) => ({ ...auths, [key]: stored }))
    if (auth.password) this.#stderr.write(plainWarning(join(this.#config.folder, 'config.json')))
  }

  async erase(key: string): Promise<void> {
    if (this.#config.auths?.[key] === undefined) return
    await this.#update((auths) => {
      delete auths[key]
      return auths
    })
  }

  /** Notes that a helper has the credentials, where other tools look for what there is. */
  async note(key: string): Promise<void> {
    if (this.#config.auths?.[key] === undefined) await this.#update((auths) => ({ ...auths, [key]: {} }))
  }

  /** Old tools kept them under whole URLs. */
  #find(key: string): AuthRequest | undefined {
    const { auths = {} } = this.#config
    const known = auths[key] === undefined ? Object.keys(auths).find((one) => hostOf(one) === key) : key
    return known === undefined ? undefined : auths[known]
  }

  #update(change: (auths: Record<string, AuthRequest>) => Record<string, AuthRequest>): Promise<void> {
    return updateConfig(this.#config.folder, (config) => ({ ...config, auths: change({ ...config.auths }) }))
  }
}

function plainWarning(path: string): string {
  return [
    '',
    `WARNING! Your credentials are stored unencrypted in '${path}'.`,
    'Configure a credential helper to remove this warning. See',
    'https://docs.docker.com/go/credential-store/',
    '',
  ].join('\n')
}
