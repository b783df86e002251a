import type { SearchResult } from '@berth/catalog'
import { html } from '../rendering/html.ts'
import { Icon } from './icon.ts'

/** What a repository is, besides its name. */
export function Marks({
  isOfficial,
  isAutomated,
  isPrivate,
}: Pick<SearchResult, 'isOfficial' | 'isAutomated' | 'isPrivate'>) {
  return html`<span class="marks">
    ${isOfficial && html`<span class="mark official">${Icon({ name: 'seal' })}Official</span>`}
    ${isAutomated && html`<span class="mark">${Icon({ name: 'cycle' })}Automated</span>`}
    ${isPrivate && html`<span class="mark private">${Icon({ name: 'lock' })}Private</span>`}
  </span>`
}
