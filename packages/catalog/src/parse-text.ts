import { CodedError } from '@berth/stdx'
import { quote } from './names.ts'

/** What people may write: characters that databases and terminals would take for something else are refused. */
const controlCharacters = /\p{Cc}/u
const controlsButLines = /(?![\n\r\t])\p{Cc}/u
const emailPattern = /^[^\s@"<>()[\]\\,;:]{1,64}@[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/i
const emailLengthMax = 254

/** One line of text without spaces at its ends; throws `invalid-argument`. `what` names it in the error. */
export function parseLine(text: string, { what, lengthMax }: { what: string; lengthMax: number }): string {
  const line = text.trim()
  if (controlCharacters.test(line)) throw invalid(what, 'it has control characters')
  if (line.length > lengthMax) throw invalid(what, `it is longer than ${lengthMax} characters`)
  return line
}

/** As `parseLine`, for what must not be empty. */
export function parseLabel(text: string, options: { what: string; lengthMax: number }): string {
  const line = parseLine(text, options)
  if (line === '') throw invalid(options.what, 'it is empty')
  return line
}

/** Text of many lines; throws `invalid-argument`. */
export function parsePage(text: string, { what, bytesMax }: { what: string; bytesMax: number }): string {
  if (controlsButLines.test(text)) throw invalid(what, 'it has control characters')
  if (Buffer.byteLength(text) > bytesMax) throw invalid(what, `it is longer than ${bytesMax} bytes`)
  return text
}

export const isEmail = (text: string): boolean => text.length <= emailLengthMax && emailPattern.test(text)

/** In lower case; throws `invalid-argument`. */
export function parseEmail(text: string): string {
  const email = text.trim().toLowerCase()
  if (isEmail(email)) return email
  throw new CodedError('invalid-argument', `Cannot use ${quote(text)}: it is not an e-mail address`)
}

const uuidPattern = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/

/** Whether text can be an id that `randomUUID` gave. */
export const isUuid = (text: string): boolean => uuidPattern.test(text)

/** An absolute http or https URL without a user or a password, as it was written; throws `invalid-argument`. */
export function parseWebUrl(text: string, what: string): string {
  const line = parseLabel(text, { what, lengthMax: 2000 })
  const url = URL.parse(line)
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
    throw invalid(what, 'it is no http or https URL')
  if (url.username || url.password) throw invalid(what, 'it has a user or a password')
  return line
}

function invalid(what: string, state: string): CodedError {
  return new CodedError('invalid-argument', `Cannot use this ${what}: ${state}`)
}
