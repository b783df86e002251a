import type { Organization, OrganizationRole } from '@berth/catalog'
import { CodedError } from '@berth/stdx'
import type { PageRequest } from '../../http/page-request.ts'
import { paths, type OrganizationPart } from '../../paths.ts'
import { html, type ComponentChildren } from '../../rendering/html.ts'

export type OwnOrganization = Organization & { role: OrganizationRole }

/** The organization of the path, for its members and for administrators; not there for everyone else. */
export async function getOwnOrganization({ catalog, viewer, params }: PageRequest): Promise<OwnOrganization> {
  const name = params['organization'] ?? ''
  const own = (await catalog.organizations.listOrganizations(viewer)).find((each) => each.name === name)
  if (own) return own
  const other = viewer.account?.isAdministrator
    ? await catalog.organizations.findOrganization(name)
    : undefined
  if (!other) throw new CodedError('not-found', `There is no ${name}.`)
  return { ...other, role: 'owner' }
}

const parts: { part: OrganizationPart; label: string; isForOwners?: true }[] = [
  { part: 'members', label: 'Members' },
  { part: 'teams', label: 'Teams' },
  { part: 'settings', label: 'Settings', isForOwners: true },
  { part: 'audit', label: 'Audit log', isForOwners: true },
]

export interface OrganizationFrameProps {
  organization: OwnOrganization
  part: OrganizationPart
  children: ComponentChildren
}

/** What stands over every page of an organization. */
export function OrganizationFrame({ organization, part, children }: OrganizationFrameProps) {
  const { name, fullName, role } = organization
  return html`<div class="page-head owner">
      <span class="avatar large" aria-hidden="true">${name.slice(0, 1).toUpperCase()}</span>
      <div>
        <h1>${fullName || name}</h1>
        <p class="muted"><a href=${paths.namespace(name)}>Repositories of ${name}</a></p>
      </div>
    </div>
    <nav class="tabs" aria-label="Organization">
      ${parts
        .filter(({ isForOwners }) => !isForOwners || role === 'owner')
        .map(
          ({ part: each, label }) =>
            html`<a
              key=${each}
              href=${paths.organization(name, each)}
              aria-current=${each === part ? 'page' : undefined}
              >${label}</a
            >`,
        )}
    </nav>
    <div class="narrow-page">${children}</div>`
}
