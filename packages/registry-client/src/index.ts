export type { Credentials, CredentialsLookup } from './credentials.ts'
export { parseMirror } from './endpoint.ts'
export type { FetchedManifest } from './fetch-manifest.ts'
export { parseInsecureHosts } from './insecure-hosts.ts'
export type { InsecureHosts } from './insecure-hosts.ts'
export { openRegistryClient } from './registry-client.ts'
export type {
  FetchBlobOptions,
  FetchManifestOptions,
  FetchOptions,
  RegistryClient,
  RegistryClientOptions,
} from './registry-client.ts'
export type { RetryNotice } from './rotation.ts'
export type { Timeouts } from './timeouts.ts'
