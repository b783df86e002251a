export type CellWidth = (text: string) => number

/** Latin letters, the ellipsis and box drawing: one column each. */
const narrow = /^[\x20-\x7e\u00a1-\u00ac\u00ae-\u02ff\u2026\u2500-\u257f]*$/

/**
 * How to tell the columns that a text takes on a terminal: two for wide characters, none for what is combined with
 * another. What can tell that of any text takes longer to load than most commands to run, so only other texts load it.
 */
export async function cellWidthOf(texts: readonly string[]): Promise<CellWidth> {
  if (texts.every((text) => narrow.test(text))) return (text) => text.length
  const { default: stringWidth } = await import('string-width')
  return (text) => stringWidth(text)
}
