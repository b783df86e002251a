import { messageOf } from '@berth/stdx'
import type { Io } from '../../command/io.ts'
import { ConfigCredentials } from './config-credentials.ts'
import type { CredentialStore } from './credential-store.ts'
import { credentialsVariable, EnvironmentCredentials } from './environment-credentials.ts'
import { HelperCredentials } from './helper-credentials.ts'

type Surroundings = Pick<Io, 'config' | 'env' | 'stderr'>

/** Where the credentials of `key` are: in the environment, else where config.json says. */
export function openCredentialStore(io: Surroundings, key: string): CredentialStore {
  const store = configuredStore(io, key)
  const text = io.env[credentialsVariable]
  if (!text) return store
  try {
    return new EnvironmentCredentials(text, store)
  } catch (error) {
    io.stderr.write(`WARNING: the credentials of the environment are left out: ${messageOf(error)}\n`)
    return store
  }
}

/** With a helper of the key's own, with that of all, or in config.json itself. */
function configuredStore(io: Surroundings, key: string): CredentialStore {
  const { credHelpers = {}, credsStore = '' } = io.config
  const helper = credHelpers[key] ?? credsStore
  const own = new ConfigCredentials(io.config, io.stderr)
  return helper === '' ? own : new HelperCredentials(helper, own, io.env)
}
