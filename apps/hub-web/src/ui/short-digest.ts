const digitsShown = 12

/** Enough of it to tell two apart; the whole is in the title or beside it. */
export function shortDigest(digest: string): string {
  const colon = digest.indexOf(':')
  return digest.slice(0, colon + 1 + digitsShown)
}
