import type { Repository } from '@berth/catalog'
import type { PageRequest } from '../../http/page-request.ts'
import { paths, type RepositoryPart } from '../../paths.ts'
import { html, type ComponentChildren } from '../../rendering/html.ts'
import { Marks } from '../../ui/marks.ts'
import { StarButton } from './star-button.ts'

export interface FrameProps {
  request: PageRequest
  repository: Repository
  /** Undefined: the overview. */
  part?: RepositoryPart
  children: ComponentChildren
}

const parts: { part: RepositoryPart | undefined; label: string; isForAdmins?: true }[] = [
  { part: undefined, label: 'Overview' },
  { part: 'tags', label: 'Tags' },
  { part: 'collaborators', label: 'Collaborators', isForAdmins: true },
  { part: 'webhooks', label: 'Webhooks', isForAdmins: true },
  { part: 'builds', label: 'Builds', isForAdmins: true },
]

/** What stands over every page of a repository: its name, marks and star, and the way to its other pages. */
export function RepositoryFrame({ request, repository, part, children }: FrameProps) {
  const { name, description, permission } = repository
  const slash = name.indexOf('/')
  const namespace = name.slice(0, slash)
  return html`<div class="page-head repository-head">
      <div>
        <h1 class="repository-name">
          <a class="namespace" href=${paths.namespace(namespace)}>${namespace}</a
          ><span class="namespace">/</span><a href=${paths.repository(name)}>${name.slice(slash + 1)}</a>
        </h1>
        ${Marks(repository)} ${description && html`<p class="lead">${description}</p>`}
      </div>
      ${StarButton({ request, repository })}
    </div>
    <nav class="tabs" aria-label="Repository">
      ${parts
        .filter(({ isForAdmins }) => !isForAdmins || permission === 'admin')
        .map(({ part: each, label }) => Tab({ name, part: each, label, isHere: each === part }))}
      ${
        permission !== 'read' &&
        Tab({ name, part: 'settings', label: 'Settings', isHere: part === 'settings' })
      }
    </nav>
    ${children}`
}

interface TabProps {
  name: string
  part: RepositoryPart | undefined
  label: string
  isHere: boolean
}

function Tab({ name, part, label, isHere }: TabProps) {
  const href = part === undefined ? paths.repository(name) : paths.repositoryPart(name, part)
  return html`<a href=${href} aria-current=${isHere ? 'page' : undefined}>${label}</a>`
}
