/** JSON as Go's encoder writes it without HTML escapes: one value and a line end. A bigint is written as its digits. */
export function encodeJson(value: unknown, lineEnd = '\n'): Buffer {
  return Buffer.from(JSON.stringify(value ?? null, exactIntegers) + lineEnd)
}

/** Proposed for ECMAScript and there in this Node; TypeScript's library does not know it. */
const { rawJSON } = JSON as typeof JSON & { rawJSON: (text: string) => unknown }

function exactIntegers(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? rawJSON(String(value)) : value
}
