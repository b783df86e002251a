import { parseLine, parsePage, parseWebUrl } from '../parse-text.ts'
import type { RepositoryChange } from '../repositories.ts'
import { parseCategories } from '../categories.ts'

const descriptionLengthMax = 100
const fullDescriptionBytesMax = 25_000

/** Takes the fields that a change has and no other; throws `invalid-argument`. */
export function parseRepositoryChange({
  description,
  fullDescription,
  categories,
  source,
}: RepositoryChange): RepositoryChange {
  return {
    ...(description === undefined
      ? {}
      : { description: parseLine(description, { what: 'description', lengthMax: descriptionLengthMax }) }),
    ...(fullDescription === undefined
      ? {}
      : {
          fullDescription: parsePage(fullDescription, {
            what: 'full description',
            bytesMax: fullDescriptionBytesMax,
          }),
        }),
    ...(categories === undefined ? {} : { categories: parseCategories(categories) }),
    ...(source === undefined ? {} : { source: source === null ? null : parseWebUrl(source, 'source') }),
  }
}
