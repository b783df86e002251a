/** JSON as Go's encoder writes it without HTML escapes: one value and a line end. A bigint is written as its digits. */
export function formatJson(value: unknown, lineEnd = '\n'): string {
  return stringify(value ?? null) + lineEnd
}

export function encodeJson(value: unknown, lineEnd?: string): Buffer {
  return Buffer.from(formatJson(value, lineEnd))
}

/** Few values hold a bigint, and to be asked about each part of a value takes ten times as long. */
function stringify(value: unknown): string {
  try {
    return JSON.stringify(value)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    return JSON.stringify(value, exactIntegers)
  }
}

/** Proposed for ECMAScript and there in this Node; TypeScript's library does not know it. */
const { rawJSON } = JSON as typeof JSON & { rawJSON: (text: string) => unknown }

function exactIntegers(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? rawJSON(String(value)) : value
}
