import type { Digest } from '@berth/oci'
import { CodedError, type ErrorCode } from '@berth/stdx'

/**
 * One registry that a mirror copies from. It answers or refuses once: patience, staleness and limits are the mirror's.
 * Everything throws `UpstreamError`; an aborted signal throws its own reason.
 */
export interface Upstream {
  /** What a manifest reference names now; the digest when the registry tells it without sending the content. */
  headManifest(
    repository: string,
    reference: string,
    signal: AbortSignal,
  ): Promise<{ digest: Digest | undefined }>
  /** The bytes as they came, at most 4 MiB, unchecked. */
  getManifest(
    repository: string,
    reference: string,
    signal: AbortSignal,
  ): Promise<{ bytes: Uint8Array; mediaType: string | undefined }>
  headBlob(
    repository: string,
    digest: Digest,
    signal: AbortSignal,
  ): Promise<{ sizeBytes: number | undefined }>
  /** The bytes from `start` on, unchecked; the answer's `start` may be 0 instead. Its body must be read or discarded. */
  openBlob(
    repository: string,
    digest: Digest,
    options: { start: number; signal: AbortSignal },
  ): Promise<UpstreamBlob>
  /** A list as JSON (`tags/list`, `referrers/…`), at most 4 MiB, and its `Link` to the next page. */
  getList(repository: string, path: string, signal: AbortSignal): Promise<UpstreamList>
}

export interface UpstreamBlob {
  start: number
  /** Of the whole blob. */
  sizeBytes: number | undefined
  body: AsyncIterable<Uint8Array>
  /** Gives the body up before it is read. */
  discard: () => void
}

export interface UpstreamList {
  bytes: Uint8Array
  headers: { 'Content-Type'?: string; Link?: string; 'OCI-Filters-Applied'?: string }
}

const kinds = {
  /** It does not have that. */
  unknown: 'not-found',
  /** It has, perhaps, but not for this mirror. */
  denied: 'forbidden',
  'rate-limited': 'unavailable',
  /** It answered with an error of its own, or with what cannot be right. */
  failing: 'unavailable',
  unreachable: 'unavailable',
  timeout: 'deadline',
} as const satisfies Record<string, ErrorCode>

export type UpstreamErrorKind = keyof typeof kinds

/** Why an upstream did not deliver. */
export class UpstreamError extends CodedError {
  readonly kind: UpstreamErrorKind
  /** What it asked to wait. */
  readonly retryAfterMs: number | undefined

  constructor(
    kind: UpstreamErrorKind,
    message: string,
    options: { retryAfterMs?: number | undefined; cause?: unknown } = {},
  ) {
    super(kinds[kind], message, { cause: options.cause })
    this.kind = kind
    this.retryAfterMs = options.retryAfterMs
  }

  /** Whether a copy of before is a better answer than this. */
  get isPassing(): boolean {
    return this.kind !== 'unknown' && this.kind !== 'denied'
  }
}
