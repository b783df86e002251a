import { repositoryCategories, type SearchQuery } from '@berth/catalog'
import { page, type PageReply, type PageRequest } from '../http/page-request.ts'
import { paths } from '../paths.ts'
import { html } from '../rendering/html.ts'
import { CheckField, SelectField } from '../ui/field.ts'
import { pageOf, Pager } from '../ui/pager.ts'
import { RepositoryList } from '../ui/repository-list.ts'

const pageSize = 20
const textLengthMax = 100

const orderings = [
  { value: 'best_match', label: 'Best match' },
  { value: '-star_count', label: 'Most stars' },
  { value: '-pull_count', label: 'Most pulls' },
  { value: '-last_updated', label: 'Last updated' },
] as const

const starSteps = [1, 10, 100, 1000]

/** Everything that is asked for is in the address, so a search can be kept and sent on. */
export async function showSearch({ catalog, viewer, query }: PageRequest): Promise<PageReply> {
  const asked = parseSearch(query)
  const found = await catalog.repositories.search(viewer, asked)
  const { text } = asked
  return page(
    text === '' ? 'Images' : `${text}: search`,
    html`<form class="split" action=${paths.search()} data-live="results">
      ${Filters(asked)}
      <div id="results">
        <div class="page-head">
          <h1>${text === '' ? 'Images' : html`Images for “${text}”`}</h1>
          <p class="muted" role="status">${countWords(found.count)}</p>
        </div>
        ${RepositoryList({ repositories: found.entries, empty: Nothing(asked) })}
        ${Pager({ path: paths.search(), query, count: found.count, size: pageSize })}
      </div>
    </form>`,
  )
}

/** A search looks no further than this. */
const countMax = 1000

function countWords(count: number): string {
  if (count === 1) return 'One image'
  return count >= countMax ? `${countMax} images or more` : `${count} images`
}

/** What will not do counts as not asked for: addresses are typed and sent on by people. */
export function parseSearch(query: URLSearchParams): SearchQuery {
  const stars = Number(query.get('stars') ?? '0')
  const category = repositoryCategories.find(({ slug }) => slug === query.get('category'))?.slug
  return {
    text: (query.get('q') ?? '').trim().slice(0, textLengthMax),
    page: pageOf(query),
    size: pageSize,
    ordering: orderings.find(({ value }) => value === query.get('sort'))?.value ?? 'best_match',
    ...(query.get('official') === '1' && { isOfficial: true }),
    ...(query.get('automated') === '1' && { isAutomated: true }),
    ...(starSteps.includes(stars) && { stars }),
    ...(category !== undefined && { category }),
  }
}

function Filters({ text, isOfficial, isAutomated, stars, category, ordering }: SearchQuery) {
  return html`<aside class="filters" aria-label="Filters">
    <input type="hidden" name="q" value=${text} />
    <fieldset>
      <legend>Kind</legend>
      ${CheckField({ name: 'official', value: '1', label: 'Official images', isChecked: isOfficial === true })}
      ${CheckField({ name: 'automated', value: '1', label: 'Automated builds', isChecked: isAutomated === true })}
    </fieldset>
    ${SelectField({
      name: 'stars',
      label: 'Stars',
      value: String(stars ?? ''),
      choices: [
        { value: '', label: 'Any number' },
        ...starSteps.map((count) => ({ value: String(count), label: `${count} or more` })),
      ],
    })}
    ${SelectField({
      name: 'category',
      label: 'Category',
      value: category ?? '',
      choices: [
        { value: '', label: 'All' },
        ...repositoryCategories.map(({ slug, name }) => ({ value: slug, label: name })),
      ],
    })}
    ${SelectField({ name: 'sort', label: 'Sort by', value: ordering, choices: orderings })}
    <button class="button quiet">Apply</button>
  </aside>`
}

function Nothing({ text, isOfficial, isAutomated, stars, category }: SearchQuery) {
  const isNarrowed = isOfficial || isAutomated || stars !== undefined || category !== undefined
  return html`<p>Nothing was found${text !== '' && html` for “${text}”`}.</p>
    <p class="muted">
      ${isNarrowed ? 'Fewer filters find more.' : 'Try another word, or the beginning of one.'} ${' '}Private
      images are found by who may see them, once signed in.
    </p>`
}
