/** At most `width` characters, the last of which says that something was cut. */
export function ellipsis(text: string, width: number): string {
  const characters = Array.from(text)
  return characters.length <= width ? text : `${characters.slice(0, width - 1).join('')}…`
}

/** An id as lists show it: 12 hex digits without the algorithm. */
export function shortId(id: string): string {
  const colon = id.indexOf(':')
  return id.slice(colon + 1, colon + 13)
}
