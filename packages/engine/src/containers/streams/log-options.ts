import { parseBinarySize } from '@berth/api'
import { CodedError } from '@berth/stdx'

export interface LogLimits {
  /** Of one file. */
  maxSizeBytes: number
  /** The current one and those rotated away. */
  maxFiles: number
}

/** Docker sets no limit; a full disk is worse than a lost old line. */
const defaults: LogLimits = { maxSizeBytes: 20 * 1024 * 1024, maxFiles: 5 }
const known = [
  'max-size',
  'max-file',
  'labels',
  'labels-regex',
  'env',
  'env-regex',
  'tag',
  'compress',
  'mode',
  'max-buffer-size',
]

/** `--log-opt` of the json-file driver over `base`; `max-size=-1` means no limit. Throws `invalid-argument`. */
export function parseLogOptions(
  options: Readonly<Record<string, string>>,
  base: LogLimits = defaults,
): LogLimits {
  const unknown = Object.keys(options).find((name) => !known.includes(name))
  if (unknown !== undefined) throw invalid(`unknown log opt '${unknown}' for json-file log driver`)
  const { 'max-size': size, 'max-file': files } = options
  const maxFiles = files === undefined ? base.maxFiles : Number(files)
  if (!Number.isSafeInteger(maxFiles) || maxFiles < 1) throw invalid('max-file cannot be less than 1')
  if (size === undefined) return { ...base, maxFiles }
  return { maxSizeBytes: size === '-1' ? Number.MAX_SAFE_INTEGER : parseBinarySize(size), maxFiles }
}

const invalid = (message: string): CodedError => new CodedError('invalid-argument', message)
