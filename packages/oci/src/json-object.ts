import { CodedError } from '@berth/stdx'

/** The JSON object in `bytes`; throws `invalid-argument`, which calls it `what`. */
export function parseJsonObject(bytes: Uint8Array, what: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'))
  } catch (error) {
    throw new CodedError('invalid-argument', `Cannot parse ${what}: not JSON`, { cause: error })
  }
  if (!isObject(value)) throw new CodedError('invalid-argument', `Cannot parse ${what}: not an object`)
  return withoutNulls(value)
}

/** Null stands for left out, as Go's encoders write it. */
export function withoutNulls(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null))
}

/** What a field may hold. */
export type FieldCheck = (value: unknown) => boolean

export const isText: FieldCheck = (value) => typeof value === 'string'
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
export const isListOf =
  (isEntry: FieldCheck): FieldCheck =>
  (value) =>
    Array.isArray(value) && value.every(isEntry)
export const isMapOf =
  (isEntry: FieldCheck): FieldCheck =>
  (value) =>
    isObject(value) && Object.values(value).every(isEntry)

/** Name of the first field that holds what it may not, or undefined. Unknown fields hold anything. */
export function findBadField(
  value: Readonly<Record<string, unknown>>,
  checks: Readonly<Record<string, FieldCheck>>,
): string | undefined {
  return Object.keys(checks).find((name) => value[name] != null && !checks[name]?.(value[name]))
}
