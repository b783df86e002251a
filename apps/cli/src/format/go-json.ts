const escapes: Readonly<Record<string, string>> = { '<': '\\u003c', '>': '\\u003e', '&': '\\u0026' }

/** JSON as Go's encoder writes it by default: safe inside HTML. Whole numbers of any size stay exact. */
export function goJson(value: unknown): string {
  return plainJson(value).replace(/[<>&]/g, (character) => escapes[character] ?? character)
}

/** Part of ECMAScript, not yet of TypeScript's library. */
const { rawJSON } = JSON as unknown as { rawJSON: (text: string) => unknown }

/** JSON that also holds bigint, as raw digits. */
export function plainJson(value: unknown, indent?: number): string {
  return JSON.stringify(
    value,
    (_key, one: unknown) => (typeof one === 'bigint' ? rawJSON(String(one)) : one),
    indent,
  )
}
