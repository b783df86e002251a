import type { Repository } from '@berth/catalog'
import { redirect, type PageRequest, type Reply } from '../../http/page-request.ts'
import { paths } from '../../paths.ts'
import { html } from '../../rendering/html.ts'
import { Form } from '../../ui/form.ts'
import { Icon } from '../../ui/icon.ts'

/** How many like it, and whether the viewer does. */
export function StarButton({ request, repository }: { request: PageRequest; repository: Repository }) {
  const { name, starCount, isStarredByViewer } = repository
  const count = html`<span class="star-count" aria-label=${`${starCount} stars`}>${starCount}</span>`
  if (!request.viewer.account)
    return html`<a class="button quiet star" href=${paths.signIn(paths.repository(name))}
      >${Icon({ name: 'star' })}<span>Star</span>${count}</a
    >`
  return html`<div id="star">
    ${Form({
      request,
      action: paths.repositoryPart(name, 'star'),
      replaces: 'star',
      children: html`<input type="hidden" name="starred" value=${isStarredByViewer ? '0' : '1'} />
        <button class="button quiet star" aria-pressed=${isStarredByViewer ? 'true' : 'false'}>
          ${Icon({ name: 'star' })}<span>${isStarredByViewer ? 'Starred' : 'Star'}</span>${count}
        </button>`,
    })}
  </div>`
}

export async function star({ catalog, viewer, params, form }: PageRequest): Promise<Reply> {
  const { name = '' } = params
  await catalog.repositories.setStarred(viewer, name, form.get('starred') === '1')
  return redirect(paths.repository(name))
}
