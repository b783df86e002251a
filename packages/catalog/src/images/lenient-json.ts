/** What may be shown of a document that anybody wrote: fields of the wrong type are as if they were not there. */
export type JsonFields = Readonly<Record<string, unknown>>

/** The fields of a JSON object; none for bytes that are no JSON object. */
export function readFields(bytes: Uint8Array): JsonFields {
  try {
    return fieldsOf(JSON.parse(Buffer.from(bytes).toString()))
  } catch (error) {
    if (error instanceof SyntaxError) return {}
    throw error
  }
}

export function fieldsOf(value: unknown): JsonFields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonFields) : {}
}

/** At most `max` entries. */
export function listOf(value: unknown, max: number): readonly unknown[] {
  return Array.isArray(value) ? value.slice(0, max) : []
}

/** Cut to `lengthMax`. */
export function textOf(value: unknown, lengthMax = 200): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, lengthMax) : undefined
}

/** At most `max` entries whose values are text. */
export function textsOf(
  value: unknown,
  { max, lengthMax }: { max: number; lengthMax: number },
): Record<string, string> {
  const entries = Object.entries(fieldsOf(value)).slice(0, max)
  return Object.fromEntries(
    entries.flatMap(([name, text]) =>
      typeof text === 'string' ? [[name.slice(0, lengthMax), text.slice(0, lengthMax)]] : [],
    ),
  )
}
