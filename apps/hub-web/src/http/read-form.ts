import type { IncomingMessage } from 'node:http'
import { CodedError, readBounded } from '@berth/stdx'

/** A README of 25,000 bytes, each written as `%xx`, with room for the other fields. */
const formBytesMax = 128 * 1024
const fieldsMax = 200
/** From the first byte to the last. */
const formMsMax = 60_000

/** The fields of a form. Throws `invalid-argument` for what is not one, or is too large. */
export async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/x-www-form-urlencoded')
    throw new CodedError('invalid-argument', 'Cannot read the form: it is not sent as one')
  // Said beforehand, so that the browser gets an answer instead of a connection that breaks.
  if (Number(request.headers['content-length'] ?? 0) > formBytesMax)
    throw new CodedError('invalid-argument', `Cannot read the form: larger than ${formBytesMax} bytes`)
  const form = new URLSearchParams(new TextDecoder().decode(await readInTime(request)))
  if (form.size > fieldsMax) throw new CodedError('invalid-argument', 'Cannot read the form: too many fields')
  return form
}

/** Who sends so slowly has no use of an answer: the connection ends. */
async function readInTime(request: IncomingMessage): Promise<Uint8Array> {
  const late = setTimeout(() => request.destroy(), formMsMax)
  try {
    return await readBounded(request, formBytesMax, 'the form')
  } finally {
    clearTimeout(late)
  }
}
