/** The fields of one CSV line (RFC 4180): a quoted field may hold commas, and doubled quotes for quotes. */
export function parseCsvLine(text: string): string[] {
  const fields: string[] = []
  const field = /(?:"((?:[^"]|"")*)"|([^,]*))(,|$)/y
  for (let offset = 0; offset <= text.length; offset = field.lastIndex) {
    field.lastIndex = offset
    const match = field.exec(text)
    if (!match) return [...fields, text.slice(offset)]
    fields.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '')
    if (match[3] === '') break
  }
  return fields
}
