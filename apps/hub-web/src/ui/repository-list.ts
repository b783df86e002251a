import type { SearchResult } from '@berth/catalog'
import { paths } from '../paths.ts'
import { html, type ComponentChildren } from '../rendering/html.ts'
import { categoryName } from './category-name.ts'
import { Marks } from './marks.ts'
import { Count, Moment } from './quantities.ts'

const categoriesShownMax = 3

export interface RepositoryListProps {
  repositories: readonly SearchResult[]
  /** Shown when there are none. */
  empty: ComponentChildren
  /** Level of the names as headings: one below the heading that stands over the list. */
  level?: 2 | 3
  /** Several beside each other, where there is room. */
  isAbreast?: boolean | undefined
}

export function RepositoryList({ repositories, empty, level = 2, isAbreast }: RepositoryListProps) {
  if (repositories.length === 0) return html`<div class="empty">${empty}</div>`
  return html`<ul class=${isAbreast ? 'cards abreast' : 'cards'}>
    ${repositories.map((repository) => html`<li key=${repository.name}>${RepositoryCard(repository, { level, isAbreast })}</li>`)}
  </ul>`
}

function RepositoryCard(
  repository: SearchResult,
  { level, isAbreast }: Pick<RepositoryListProps, 'level' | 'isAbreast'>,
) {
  const { name, description, starCount, pullCount, updatedAt, categories } = repository
  return html`<article class="card repository">
    <div class="card-head">
      <${`h${level}`} class="card-title"
        ><a href=${paths.repository(name)}>${Name({ name })}</a></${`h${level}`}
      >
      ${Marks(repository)}
    </div>
    ${description && html`<p>${description}</p>`}
    <p class="facts">
      ${Count({ value: starCount, noun: ['star', 'stars'] })}
      ${Count({ value: pullCount, noun: ['pull', 'pulls'] })}
      <span>Updated ${Moment({ at: updatedAt })}</span>
      ${!isAbreast && categories.slice(0, categoriesShownMax).map((category) => html`<span class="chip" key=${category}>${categoryName(category)}</span>`)}
    </p>
  </article>`
}

/** Official images go by their last name alone. */
function Name({ name }: { name: string }) {
  const slash = name.indexOf('/')
  const namespace = name.slice(0, slash)
  if (namespace === 'library') return html`<span class="name">${name.slice(slash + 1)}</span>`
  return html`<span class="name"><span class="namespace">${namespace}/</span>${name.slice(slash + 1)}</span>`
}
