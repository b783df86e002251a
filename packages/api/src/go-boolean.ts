/** Text that Go's strconv.ParseBool knows, as flags and boolean filters use it; undefined for any other. */
export function parseGoBoolean(text: string): boolean | undefined {
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(text)) return true
  if (['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(text)) return false
  return undefined
}

const falseWords = new Set(['', '0', 'no', 'false', 'none'])

/** A boolean query parameter of the Engine API: absent and the words for no are false, all else is true. */
export function parseQueryBoolean(text: string | null | undefined): boolean {
  return !falseWords.has((text ?? '').trim().toLowerCase())
}
