import type { Io } from '../../command/io.ts'
import { ConfigCredentials } from './config-credentials.ts'
import type { CredentialStore } from './credential-store.ts'
import { HelperCredentials } from './helper-credentials.ts'

/** Where config.json says that the credentials of `key` are kept: with a helper of its own, with that of all, or in it. */
export function openCredentialStore(io: Pick<Io, 'config' | 'env' | 'stderr'>, key: string): CredentialStore {
  const { credHelpers = {}, credsStore = '' } = io.config
  const helper = credHelpers[key] ?? credsStore
  const own = new ConfigCredentials(io.config, io.stderr)
  return helper === '' ? own : new HelperCredentials(helper, own, io.env)
}
