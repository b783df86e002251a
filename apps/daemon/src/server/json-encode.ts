/** JSON as Go's encoder writes it without HTML escapes: one value and a line end. */
export function encodeJson(value: unknown, lineEnd = '\n'): Buffer {
  return Buffer.from(JSON.stringify(value ?? null) + lineEnd)
}
