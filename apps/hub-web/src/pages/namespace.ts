import { CodedError } from '@berth/stdx'
import { page, type PageReply, type PageRequest } from '../http/page-request.ts'
import { paths } from '../paths.ts'
import { html } from '../rendering/html.ts'
import { pageOf, Pager } from '../ui/pager.ts'
import { Moment } from '../ui/quantities.ts'
import { RepositoryList } from '../ui/repository-list.ts'

const pageSize = 20

interface Owner {
  kind: 'account' | 'organization' | 'official'
  name: string
  fullName: string
  createdAt: number | undefined
}

/** An account's or an organization's page: what of theirs the viewer may see. */
export async function showNamespace(request: PageRequest): Promise<PageReply> {
  const { catalog, viewer, params, query } = request
  const owner = await findOwner(request, params['namespace'] ?? '')
  const listed = await catalog.repositories.listRepositories(viewer, owner.name, {
    page: pageOf(query),
    size: pageSize,
    ordering: '-last_updated',
  })
  return page(
    owner.name,
    html`<div class="page-head owner">
        <span class="avatar large" aria-hidden="true">${owner.name.slice(0, 1).toUpperCase()}</span>
        <div>
          <h1>${owner.fullName || owner.name}</h1>
          <p class="muted">
            ${owner.name} ${owner.kind === 'organization' && ' · organization'}
            ${owner.createdAt !== undefined && html` · joined ${Moment({ at: owner.createdAt })}`}
          </p>
        </div>
        ${
          owner.kind === 'organization' &&
          viewer.account &&
          html`<a class="button quiet small" href=${paths.organization(owner.name)}>People and settings</a>`
        }
      </div>
      ${RepositoryList({ repositories: listed.entries, empty: html`<p>No repositories that you may see.</p>` })}
      ${Pager({ path: paths.namespace(owner.name), query, count: listed.count, size: pageSize })}`,
  )
}

async function findOwner({ catalog }: PageRequest, name: string): Promise<Owner> {
  if (name === 'library') return { kind: 'official', name, fullName: 'Official images', createdAt: undefined }
  const account = await catalog.accounts.findAccount(name)
  if (account) return { kind: 'account', ...account }
  const organization = await catalog.organizations.findOrganization(name)
  if (organization) return { kind: 'organization', ...organization }
  throw new CodedError('not-found', `There is no ${name}.`)
}
