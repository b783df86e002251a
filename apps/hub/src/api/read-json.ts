import type { IncomingMessage } from 'node:http'
import { readBody } from '@berth/registry-server'
import { CodedError } from '@berth/stdx'
import * as v from 'valibot'

/** A description of 25,000 bytes, escaped, and some. */
const bodyBytesMax = 256 * 1024

/** A body that is refused for what it is, whatever is in it; HTTP has a status for each. */
export class UnreadBody extends CodedError {
  readonly status: 413 | 415

  constructor(status: UnreadBody['status'], state: string) {
    super('invalid-argument', wordsFor(state))
    this.status = status
  }
}

/** Reads a JSON body; throws `invalid-argument`, in words that name the field. What the schema does not know is dropped. */
export async function readJson<Schema extends v.GenericSchema>(
  request: IncomingMessage,
  schema: Schema,
): Promise<v.InferOutput<Schema>> {
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/json') throw new UnreadBody(415, 'it is not application/json')
  const tooLarge = () => new UnreadBody(413, `it is larger than ${bodyBytesMax} bytes`)
  const text = Buffer.from(await readBody(request, bodyBytesMax, tooLarge)).toString('utf8')
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
  return new CodedError('invalid-argument', wordsFor(state))
}

const wordsFor = (state: string) => `Cannot read request body: ${state}`
