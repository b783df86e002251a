import type { IncomingMessage } from 'node:http'
import { CodedError, readBounded } from '@berth/stdx'
import * as v from 'valibot'

/** A description of 25,000 bytes, escaped, and some. */
const bodyBytesMax = 256 * 1024

/** Reads a JSON body; throws `invalid-argument`, in words that name the field. What the schema does not know is dropped. */
export async function readJson<Schema extends v.GenericSchema>(
  request: IncomingMessage,
  schema: Schema,
): Promise<v.InferOutput<Schema>> {
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/json') throw refused('it is not application/json')
  const body = { [Symbol.asyncIterator]: () => request.iterator({ destroyOnReturn: false }) }
  const text = Buffer.from(await readBounded(body, bodyBytesMax, 'request body')).toString('utf8')
  const parsed = v.safeParse(schema, parse(text))
  if (parsed.success) return parsed.output
  const [issue] = parsed.issues
  const place = v.getDotPath(issue)
  throw refused(place === null ? wordsOf(issue) : `${place}: ${wordsOf(issue)}`)
}

/** The schema's own words quote what was sent, which may be a password. */
function wordsOf({ received, expected, message }: v.BaseIssue<unknown>): string {
  if (received === 'undefined') return 'it is missing'
  return expected === null ? (message.split(':', 1)[0] ?? '') : `it must be ${expected}`
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // What V8 says quotes the text, which may hold a password.
    throw refused('it is no JSON')
  }
}

function refused(state: string): CodedError {
  return new CodedError('invalid-argument', `Cannot read request body: ${state}`)
}
