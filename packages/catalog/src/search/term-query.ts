/** Public entries that have all `words` (as beginnings, from two letters on), all `marks` and none of `without`. */
export interface TermQuery {
  /** Of words and marks there is one at least. */
  words: readonly string[]
  marks: readonly string[]
  without: readonly string[]
}

/** Ranks, the highest first. */
export interface FoundTerms {
  /** Those that have the words in their names. */
  named: readonly number[]
  all: readonly number[]
  /** How many there are of `all`, as far as they were counted. */
  count: number
}

export interface FindLimits {
  /** Of ranks. */
  reach: number
  countMax: number
}
