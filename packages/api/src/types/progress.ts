/**
 * One message of pull, push, build, load and import. Clients read JSON values, not lines; errors after the first byte
 * are a last message with `errorDetail` and `error` under status 200.
 */
export interface JsonMessage {
  /** Text of a build. */
  stream?: string
  status?: string
  /** What the status is about: a layer's first 12 digits or a tag. */
  id?: string
  progressDetail?: ProgressDetail
  /** The bar as text, for clients below 1.52. */
  progress?: string
  errorDetail?: ErrorDetail
  /** Repeats `errorDetail.message`. */
  error?: string
  aux?: unknown
}

export interface ProgressDetail {
  current?: number
  total?: number
  /** Seconds since the epoch. */
  start?: number
  hidecounts?: boolean
  units?: string
}

export interface ErrorDetail {
  code?: number
  message: string
  /** The next step; from our engine alone. */
  hint?: string
}

/** `aux` of a push. */
export interface PushResult {
  Tag: string
  Digest: string
  Size: number
}
