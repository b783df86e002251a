import type { Member, OrganizationRole } from '@berth/catalog'
import { CodedError } from '@berth/stdx'
import { page, redirect, type PageReply, type PageRequest, type Reply } from '../../http/page-request.ts'
import { paths } from '../../paths.ts'
import { html } from '../../rendering/html.ts'
import { SelectField, TextField } from '../../ui/field.ts'
import { Form } from '../../ui/form.ts'
import { pageOf, Pager } from '../../ui/pager.ts'
import { required } from '../form-values.ts'
import { RefusedNotice, submitted, type Refused } from '../submitted.ts'
import { getOwnOrganization, OrganizationFrame, type OwnOrganization } from './organization-frame.ts'

const pageSize = 50
const roles: { value: OrganizationRole; label: string }[] = [
  { value: 'member', label: 'Member' },
  { value: 'owner', label: 'Owner' },
]

export const showMembers = (request: PageRequest): Promise<PageReply> => draw(request)

/** Adds a member, changes their role, or removes them (`role=none`). */
export function setMember(request: PageRequest): Promise<Reply> {
  const { catalog, viewer, params, form } = request
  const organization = params['organization'] ?? ''
  const here = paths.organization(organization, 'members')
  return submitted(form, {
    act: async () => {
      const account = required(form, 'account')
      if (form.get('role') === 'none') {
        await catalog.organizations.removeMember(viewer, organization, account)
        // Who left sees the organization's people no more.
        return redirect(account === viewer.account?.name ? paths.organizations() : here, 'member-removed')
      }
      await catalog.organizations.setMember(viewer, organization, {
        account,
        role: parseRole(form.get('role')),
      })
      return redirect(here, 'member-set')
    },
    again: (refused) => draw(request, refused),
  })
}

function parseRole(text: string | null): OrganizationRole {
  const known = roles.find(({ value }) => value === text)
  if (!known) throw new CodedError('invalid-argument', 'Please choose a role.')
  return known.value
}

async function draw(request: PageRequest, refused?: Refused): Promise<PageReply> {
  const { catalog, viewer, query } = request
  const organization = await getOwnOrganization(request)
  const path = paths.organization(organization.name, 'members')
  const listed = await catalog.organizations.listMembers(viewer, organization.name, {
    page: pageOf(query),
    size: pageSize,
  })
  return page(
    `Members of ${organization.name}`,
    OrganizationFrame({
      organization,
      part: 'members',
      children: html`<h2>Members</h2>
        ${RefusedNotice(refused)}
        <ul class="rows">
          ${listed.entries.map((member) => MemberRow(request, { organization, member }))}
        </ul>
        ${Pager({ path, query, count: listed.count, size: pageSize })}
        ${organization.role === 'owner' && AddMember(request, { organization, refused })}`,
    }),
  )
}

function MemberRow(
  request: PageRequest,
  { organization, member }: { organization: OwnOrganization; member: Member },
) {
  const { account, role } = member
  const isOwn = account === request.viewer.account?.name
  return html`<li class="row" key=${account}>
    <a class="strong" href=${paths.namespace(account)}>${account}</a>
    <span class="mark">${role}</span>
    ${
      (organization.role === 'owner' || isOwn) &&
      Form({
        request,
        action: paths.organization(organization.name, 'members'),
        children: html`<input type="hidden" name="account" value=${account} />
          <input type="hidden" name="role" value="none" />
          <button class="button quiet small" aria-label=${isOwn ? 'Leave' : `Remove ${account}`}>
            ${isOwn ? 'Leave' : 'Remove'}
          </button>`,
      })
    }
  </li>`
}

function AddMember(
  request: PageRequest,
  { organization, refused }: { organization: OwnOrganization; refused: Refused | undefined },
) {
  return html`<section class="panel">
    <h3>Add a member, or change a role</h3>
    <p class="muted">A member may do what their teams may, an owner everything.</p>
    ${Form({
      request,
      action: paths.organization(organization.name, 'members'),
      class: 'inline',
      children: html`${TextField({
          name: 'account',
          label: 'Account',
          value: refused?.form.get('account') ?? '',
          isRequired: true,
        })}
        ${SelectField({ name: 'role', label: 'Role', value: refused?.form.get('role') ?? 'member', choices: roles })}
        <button class="button">Save</button>`,
    })}
  </section>`
}
