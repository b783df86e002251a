import { shortNameOf } from '../names.ts'
import { wordsOf } from './words.ts'

/** What a repository is found by. */
export interface SearchSubject {
  id: number
  name: string
  description: string
  categories: readonly string[]
  isPrivate: boolean
  isOfficial: boolean
  isAutomated: boolean
  starCount: number
  pullCount: number
}

export interface SearchEntry {
  rank: number
  repositoryId: number
  shortName: string
  isPrivate: boolean
  /** Words of the name without the namespace. */
  names: readonly string[]
  /** Words of the whole name and of the description. */
  words: readonly string[]
  marks: readonly string[]
}

/** What is filtered by, as words of their own: a filter is then one more word to look for. */
export const publicMark = 'public'
export const officialMark = 'official'
export const automatedMark = 'automated'
export const categoryMark = (category: string): string => `category${category.replaceAll('-', '')}`

const starSteps = [1, 10, 100, 1000, 10_000]

/** The step that `stars` has reached, undefined for 0: entries are marked with each step of theirs. */
export const starStepOf = (stars: number): number | undefined => starSteps.findLast((least) => stars >= least)

/** What those with at least `stars` have, and with a few less. */
export function starsMark(stars: number): string | undefined {
  const step = starStepOf(stars)
  return step === undefined ? undefined : `stars${step}`
}

const idMax = 2 ** 32

/** The repository that has this rank. */
export const idOfRank = (rank: number): number => rank % idMax

const pullStepMax = 2 ** 8
const starStepMax = 2 ** 10

/**
 * Popularity and id in one number below 2^53, unlike any other's: official first, then by stars, then by pulls, the newer
 * first. It goes by steps of a few percent, so that it changes seldom.
 */
function rankOf({ id, isOfficial, starCount, pullCount }: SearchSubject): number {
  const stars = Math.min(Math.round(16 * Math.log2(1 + starCount)), starStepMax - 1)
  const pulls = Math.min(Math.floor(4 * Math.log2(1 + pullCount)), pullStepMax - 1)
  const popularity = (Number(isOfficial) * starStepMax + stars) * pullStepMax + pulls
  return popularity * idMax + id
}

export function searchEntryOf(subject: SearchSubject): SearchEntry {
  const { id, name, description, categories, isPrivate, isOfficial, isAutomated, starCount } = subject
  const marks = [
    isPrivate ? undefined : publicMark,
    isOfficial ? officialMark : undefined,
    isAutomated ? automatedMark : undefined,
    ...categories.map(categoryMark),
    ...starSteps.filter((step) => starCount >= step).map((step) => `stars${step}`),
  ]
  return {
    rank: rankOf(subject),
    repositoryId: id,
    shortName: shortNameOf(name),
    isPrivate,
    names: wordsOf(shortNameOf(name)),
    words: [...new Set([...wordsOf(name), ...wordsOf(description)])],
    marks: marks.filter((mark) => mark !== undefined),
  }
}
