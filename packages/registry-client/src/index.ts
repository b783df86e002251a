export { credentialsOf } from './auth/credentials.ts'
export type { Credentials, CredentialsLookup, DockerAuth } from './auth/credentials.ts'
export type { DownMirror } from './hosts/endpoints.ts'
export { hostsIn, withHosts } from './hosts/edit-hosts-file.ts'
export type { NamedHost } from './hosts/edit-hosts-file.ts'
export { hostsFilePaths, usualCertsDirectories } from './hosts/host-directories.ts'
export type { SourceMeasure } from './measure-source.ts'
export { parseMirror } from './hosts/mirror-url.ts'
export type { FetchedManifest } from './fetch-manifest.ts'
export { parseInsecureHosts } from './hosts/insecure-hosts.ts'
export type { InsecureHosts } from './hosts/insecure-hosts.ts'
export { openRegistryHost } from './registry-host.ts'
export type { RegistryAnswer, RegistryHost, RegistryHostOptions, RegistryQuestion } from './registry-host.ts'
export { registryOfAddress } from './auth/login.ts'
export type { LoginResult } from './auth/login.ts'
export { openRegistryClient } from './registry-client.ts'
export type {
  BlobSource,
  FetchBlobOptions,
  FetchManifestOptions,
  CallOptions,
  MeasureOptions,
  PushBlobOptions,
  RegistryClient,
  RegistryClientOptions,
  RegistrySettings,
} from './registry-client.ts'
export { environmentProxy } from './transport/proxy.ts'
export type { ProxySettings } from './transport/proxy.ts'
export type { PushedBlob } from './push-blob.ts'
export type { RetryNotice } from './hosts/rotation.ts'
export type { SearchResult } from './search.ts'
export type { Timeouts } from './transport/timeouts.ts'
