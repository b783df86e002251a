import type { TlsSettings } from './tls-settings.ts'

/** One place that can answer for a repository. */
export interface Endpoint {
  /** As people see it in errors: `mirror https://host/path` or the registry's host. */
  label: string
  /** Where the API begins, with a slash at the end: `https://host/v2/`. */
  root: URL
  isMirror: boolean
  /** Of a place that a manifest names for one layer, the registry that the manifest is of. `root` is the layer itself then, and nobody signs in there. */
  namedBy: URL | undefined
  /** The registry that is meant, for a mirror of several (distribution specification, "Proxying"). */
  namespace: string | undefined
  /** May lack a good certificate, or TLS. */
  isInsecure: boolean
  tls: TlsSettings
  /** Sent with every request to it, and to nobody else. */
  headers: Readonly<Record<string, string>>
  connectTimeoutMs: number
  /** Under which name credentials are looked up: they are for this host and no other. */
  registry: string
}
