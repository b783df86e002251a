import { CodedError } from '@berth/stdx'
import { scanObject } from './scan-object.ts'

/** A list of texts that is a member of the object in `text`; empty when it is not there. Throws `invalid-argument`, with line and column. */
export function textsIn(text: string, key: string): string[] {
  if (text.trim() === '') return []
  scanObject(text)
  const value = (JSON.parse(text) as Record<string, unknown>)[key] ?? []
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value
  throw new CodedError('invalid-argument', `${JSON.stringify(key)} is no list of texts`)
}
