import { CodedError } from '@berth/stdx'

/** The error for an archive that breaks the format. */
export const malformed = (detail: string, options: { hint?: string } = {}): CodedError =>
  new CodedError('invalid-argument', `Cannot read tar: ${detail}`, options)

/** A byte string as it may stand in an error: quoted, control characters escaped, bounded. */
export const quoted = (text: string): string =>
  JSON.stringify(Buffer.from(text.slice(0, 200), 'latin1').toString())
