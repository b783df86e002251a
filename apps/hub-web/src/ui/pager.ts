import { html } from '../rendering/html.ts'

/** Which page of a list a request asks for; the first for nonsense. */
export function pageOf(query: URLSearchParams): number {
  const page = Number(query.get('page') ?? '1')
  return Number.isSafeInteger(page) && page >= 1 && page <= 10_000 ? page : 1
}

export interface PagerProps {
  /** Of the page that is shown. */
  path: string
  query: URLSearchParams
  count: number
  size: number
}

/** Ways to the pages before and after; nothing when one page holds it all. */
export function Pager({ path, query, count, size }: PagerProps) {
  const page = pageOf(query)
  const last = Math.max(1, Math.ceil(count / size))
  if (last === 1 && page === 1) return null
  const to = (target: number) => {
    const changed = new URLSearchParams(query)
    changed.set('page', String(target))
    return `${path}?${String(changed)}`
  }
  return html`<nav class="pager" aria-label="Pages">
    ${
      page > 1
        ? html`<a class="button quiet small" rel="prev" href=${to(Math.min(page - 1, last))}>Back</a>`
        : html`<span />`
    }
    <span class="muted">Page ${page} of ${last}</span>
    ${page < last ? html`<a class="button quiet small" rel="next" href=${to(page + 1)}>Next</a>` : html`<span />`}
  </nav>`
}
