import { isUtf8 } from 'node:buffer'
import type { StreamName } from './output-fan-out.ts'

export interface LogMessage {
  line: Uint8Array
  /** Whether a newline followed; pieces of an over-long line but the last have none. */
  isComplete: boolean
  stream: StreamName
  time: string
}

/** One line of Docker's json-file log. */
export function jsonLogLine({ line, isComplete, stream, time }: LogMessage): string {
  return `{"log":"${escapeText(line)}${isComplete ? '\\n' : ''}","stream":"${stream}","time":"${time}"}\n`
}

/** Text that JSON, and Docker, write as it is: a plain test that spares most lines the rest. */
// oxlint-disable-next-line no-control-regex -- control characters are what has to be escaped
const needsEscape = /[\u0000-\u001f"\\<>&\u2028\u2029]/
// oxlint-disable-next-line no-control-regex -- as above
const escaped = /[\u0000-\u001f"\\<>&\u2028\u2029]/g
const short: Record<string, string> = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\r': '\\r' }

/** JSON as Docker escapes it: also `<`, `>`, `&` and the line separators, and each byte that is not UTF-8 as `\ufffd`. */
export function escapeText(bytes: Uint8Array): string {
  if (!isUtf8(bytes)) return escapeBytes(bytes)
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString()
  return needsEscape.test(text) ? text.replace(escaped, escapeCharacter) : text
}

function escapeCharacter(character: string): string {
  return short[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

function escapeBytes(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length;) {
    const size = sequenceSize(bytes, at)
    text += size === 0 ? '\\ufffd' : escapeText(bytes.subarray(at, at + size))
    at += Math.max(size, 1)
  }
  return text
}

/** Bytes of the UTF-8 character that begins at `at`; 0 when none does. */
function sequenceSize(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0
  const size = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
  const end = at + size
  return end <= bytes.length && isUtf8(bytes.subarray(at, end)) ? size : 0
}
