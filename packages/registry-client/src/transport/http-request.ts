import type { LookupAddress } from 'node:dns'
import type { TlsSettings } from './tls-settings.ts'

export type HttpMethod = 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'

/** What a request carries. */
export interface RequestBody {
  sizeBytes: number
  /** Asked again for each time that the request is sent. */
  open: () => AsyncIterable<Uint8Array>
}

/** One request to one host. */
export interface HttpRequest {
  method: HttpMethod
  url: URL
  headers: Readonly<Record<string, string>>
  body?: RequestBody | undefined
  /** How long the response may take once all is sent, where that is not the usual time. */
  responseMs?: number | undefined
  signal: AbortSignal | undefined
  /** Those of the host as they were checked; default: whatever its name means. */
  addresses?: readonly LookupAddress[] | undefined
  connectTimeoutMs: number
  tls: TlsSettings
}

/** A body that is in memory. */
export const bytesBody = (bytes: Uint8Array): RequestBody => ({
  sizeBytes: bytes.length,
  open: async function* () {
    yield bytes
  },
})
