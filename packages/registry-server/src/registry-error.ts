import { CodedError, type ErrorCode } from '@berth/stdx'

/**
 * What a registry can refuse, and how it says so. `code` and `message` are those of the distribution specification
 * ("Error Codes") and of the reference registry: clients match on both. A kind whose name is not in the specification
 * is reported under the nearest `code` that is.
 */
const kinds = {
  BLOB_UNKNOWN: { class: 'not-found', code: 'BLOB_UNKNOWN', message: 'blob unknown to registry' },
  BLOB_UPLOAD_INVALID: {
    class: 'invalid-argument',
    code: 'BLOB_UPLOAD_INVALID',
    message: 'blob upload invalid',
  },
  BLOB_UPLOAD_UNKNOWN: {
    class: 'not-found',
    code: 'BLOB_UPLOAD_UNKNOWN',
    message: 'blob upload unknown to registry',
  },
  BODY_TOO_LARGE: { class: 'invalid-argument', code: 'SIZE_INVALID', message: 'request body too large' },
  CHUNK_OUT_OF_ORDER: {
    class: 'failed-precondition',
    code: 'BLOB_UPLOAD_INVALID',
    message: 'invalid content range',
  },
  DENIED: { class: 'forbidden', code: 'DENIED', message: 'requested access to the resource is denied' },
  DIGEST_INVALID: {
    class: 'invalid-argument',
    code: 'DIGEST_INVALID',
    message: 'provided digest did not match uploaded content',
  },
  MANIFEST_BLOB_UNKNOWN: {
    class: 'not-found',
    code: 'MANIFEST_BLOB_UNKNOWN',
    message: 'blob unknown to registry',
  },
  MANIFEST_INVALID: { class: 'invalid-argument', code: 'MANIFEST_INVALID', message: 'manifest invalid' },
  MANIFEST_TOO_LARGE: { class: 'invalid-argument', code: 'SIZE_INVALID', message: 'manifest too large' },
  MANIFEST_UNKNOWN: { class: 'not-found', code: 'MANIFEST_UNKNOWN', message: 'manifest unknown' },
  NAME_INVALID: { class: 'invalid-argument', code: 'NAME_INVALID', message: 'invalid repository name' },
  NAME_UNKNOWN: {
    class: 'not-found',
    code: 'NAME_UNKNOWN',
    message: 'repository name not known to registry',
  },
  PAGE_INVALID: {
    class: 'invalid-argument',
    code: 'UNSUPPORTED',
    message: 'invalid number of results requested',
  },
  QUOTA_EXCEEDED: {
    class: 'forbidden',
    code: 'DENIED',
    message: 'quota of the repository exceeded',
  },
  SIZE_INVALID: {
    class: 'invalid-argument',
    code: 'SIZE_INVALID',
    message: 'provided length did not match content length',
  },
  TAG_IMMUTABLE: { class: 'forbidden', code: 'DENIED', message: 'tag is immutable' },
  TAG_INVALID: { class: 'invalid-argument', code: 'MANIFEST_INVALID', message: 'invalid tag' },
  TOO_MANY_REQUESTS: { class: 'unavailable', code: 'TOOMANYREQUESTS', message: 'too many requests' },
  UNAUTHORIZED: { class: 'unauthorized', code: 'UNAUTHORIZED', message: 'authentication required' },
  UNKNOWN_ROUTE: { class: 'not-found', code: 'UNSUPPORTED', message: 'no such resource' },
  UNSUPPORTED: { class: 'not-implemented', code: 'UNSUPPORTED', message: 'The operation is unsupported.' },
  UPSTREAM_FAILED: { class: 'unavailable', code: 'UNKNOWN', message: 'upstream failed' },
  UPSTREAM_TIMEOUT: { class: 'deadline', code: 'UNKNOWN', message: 'upstream did not answer in time' },
} as const satisfies Record<string, { class: ErrorCode; code: string; message: string }>

export type RegistryErrorKind = keyof typeof kinds

export interface RegistryErrorOptions {
  /** Replaces the kind's usual message. */
  message?: string
  /** Anything JSON that helps the client's user. */
  detail?: unknown
  /** When to ask again. */
  retryAfterMs?: number | undefined
  cause?: unknown
}

/** A refusal in the registry's own vocabulary; it knows nothing of HTTP. */
export class RegistryError extends CodedError {
  readonly kind: RegistryErrorKind
  readonly detail: unknown
  readonly retryAfterMs: number | undefined

  constructor(kind: RegistryErrorKind, options: RegistryErrorOptions = {}) {
    super(kinds[kind].class, options.message ?? kinds[kind].message, { cause: options.cause })
    this.kind = kind
    this.detail = options.detail
    this.retryAfterMs = options.retryAfterMs
  }

  /** The code of the distribution specification under which this is reported. */
  get specificationCode(): string {
    return kinds[this.kind].code
  }
}
