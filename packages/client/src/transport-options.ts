import type { HostAddress } from './host-address.ts'

/** PEM texts. Without `ca` the system's roots are used. */
export interface TlsOptions {
  ca?: Uint8Array | undefined
  cert?: Uint8Array | undefined
  key?: Uint8Array | undefined
  /** Check the engine's certificate and name. */
  verify: boolean
}

export interface TransportOptions {
  host: string
  address: HostAddress
  headers: Readonly<Record<string, string>>
  tls: TlsOptions | undefined
  /** Of the programs that are started to reach the engine. */
  environment: Readonly<Record<string, string | undefined>>
}
