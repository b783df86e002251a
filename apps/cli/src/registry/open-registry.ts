import {
  credentialsOf,
  environmentProxy,
  openRegistryClient,
  usualCertsDirectories,
  type CredentialsLookup,
  type RegistryClient,
} from '@berth/registry-client'
import type { Io } from '../command/io.ts'
import { programVersion } from '../command/program-version.ts'
import { registryCredentials } from '../config/credentials/registry-credentials.ts'

/**
 * Registries, for commands that ask them without an engine: with the certificates and mirrors of this machine's certs.d, the
 * environment's proxies, and the credentials of config.json, each for its own host. `insecureRegistries` may lack TLS, as
 * loopback may. Disposing closes its connections; throws `invalid-argument` for what is no host.
 */
export function openRegistry(
  io: Io,
  { insecureRegistries = [] }: { insecureRegistries?: readonly string[] } = {},
): RegistryClient & AsyncDisposable {
  return openRegistryClient({
    insecureRegistries,
    certsDirectories: usualCertsDirectories,
    credentials: keptCredentials(io),
    proxy: environmentProxy(io.env),
    userAgent: `berth/${programVersion} (${process.platform})`,
  })
}

/** A helper is a program, so each registry is looked up once. */
function keptCredentials(io: Io): CredentialsLookup {
  const known = new Map<string, ReturnType<CredentialsLookup>>()
  return (registry) => {
    const credentials = known.get(registry) ?? registryCredentials(io, registry).then(credentialsOf)
    known.set(registry, credentials)
    return credentials
  }
}
