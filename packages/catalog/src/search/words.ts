const wordPattern = /[\p{L}\p{N}]+/gu
const wordLengthMax = 40
const marksPattern = /\p{M}+/gu

/** In lower case. */
export const withoutAccents = (text: string): string =>
  text.normalize('NFKD').replaceAll(marksPattern, '').toLowerCase().replaceAll(marksPattern, '')

/**
 * The words of a text as search compares them: letters and digits of any script, in lower case, without accents, cut to
 * a length, each once. Nothing in them means anything to a database.
 */
export function wordsOf(text: string): string[] {
  const words = withoutAccents(text).match(wordPattern) ?? []
  return [...new Set(words.map((word) => word.slice(0, wordLengthMax).toWellFormed()))]
}

const prefixLengthMin = 2

/** Whether a word stands for all that begin with it: one letter would be for too many. */
export const isPrefix = (word: string): boolean => Array.from(word).length >= prefixLengthMin
