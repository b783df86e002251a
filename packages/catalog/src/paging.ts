import { CodedError } from '@berth/stdx'
import type { Paging } from './viewer.ts'

const sizeMax = 100
/** Nobody reads further, and the database would have to. */
const depthMax = 10_000

/** What to skip and how much to take; nothing beyond what can be reached. Throws `invalid-argument`. */
export function parsePaging({ page, size }: Paging): { offset: number; limit: number } {
  if (!Number.isSafeInteger(page) || page < 1) throw invalid('a page is 1 or more')
  if (!Number.isSafeInteger(size) || size < 1 || size > sizeMax)
    throw invalid(`a page has 1 to ${sizeMax} entries`)
  const offset = Math.min((page - 1) * size, depthMax)
  return { offset, limit: Math.min(size, depthMax - offset) }
}

const invalid = (state: string) => new CodedError('invalid-argument', `Cannot list: ${state}`)
