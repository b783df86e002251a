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
import { machineRegistries } from './machine-registries.ts'

export interface OpenRegistryOptions {
  /** By host or block: they may lack TLS, as loopback may. */
  insecureRegistries?: readonly string[]
}

/**
 * Registries, for commands that ask them without an engine: with what this machine's daemon.json and certs.d say of mirrors,
 * certificates and insecure registries, the environment's proxies, and the credentials of config.json, each for its own host.
 * Disposing closes its connections. Throws `invalid-argument` for what is no host, `failed-precondition` for a broken file.
 */
export async function openRegistry(
  io: Io,
  { insecureRegistries = [] }: OpenRegistryOptions = {},
): Promise<RegistryClient & AsyncDisposable> {
  const machine = await machineRegistries()
  return openRegistryClient({
    mirrors: machine.mirrors,
    insecureRegistries: [...machine.insecureRegistries, ...insecureRegistries],
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
