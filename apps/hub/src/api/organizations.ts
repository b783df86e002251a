import type { Member, Organization } from '@berth/catalog'
import { CodedError } from '@berth/stdx'
import * as v from 'valibot'
import { requireAccount } from './accounts.ts'
import { created, done, ok, route, type ApiCall } from './api-call.ts'
import { isoTime, optionalText, text } from './fields.ts'
import { pageOf, parsePaging, replyPage } from './list-page.ts'

const newOrganization = v.object({ orgname: text, full_name: optionalText })
const organizationChange = v.object({ full_name: optionalText })
const role = v.picklist(['owner', 'member'])
const newMember = v.object({ member: text, role: v.optional(role, 'member') })
const memberChange = v.object({ role })

/** Organizations and who is in them. */
export const organizationRoutes = [
  route('GET', '/v2/user/orgs', async (call) => {
    requireAccount(call.viewer)
    const all = await call.catalog.organizations.listOrganizations(call.viewer)
    return replyPage(call, pageOf(call.url.searchParams, all), (organization) => ({
      ...formatOrganization(organization),
      role: organization.role,
    }))
  }),
  route('POST', '/v2/orgs', async (call) => {
    const { orgname: name, full_name: fullName } = await call.body(newOrganization)
    const form = { name, ...(fullName !== undefined && { fullName }) }
    return created(formatOrganization(await call.catalog.organizations.createOrganization(call.viewer, form)))
  }),
  route('GET', '/v2/orgs/:organization', async ({ catalog, params }) => {
    const organization = await catalog.organizations.findOrganization(nameOf({ params }))
    if (!organization)
      throw new CodedError('not-found', 'Cannot find organization: there is none of that name')
    return ok(formatOrganization(organization))
  }),
  route('PATCH', '/v2/orgs/:organization', async (call) => {
    const { full_name: fullName } = await call.body(organizationChange)
    const change = fullName === undefined ? {} : { fullName }
    const { organizations } = call.catalog
    return ok(formatOrganization(await organizations.updateOrganization(call.viewer, nameOf(call), change)))
  }),
  route('DELETE', '/v2/orgs/:organization', async ({ catalog, viewer, params }) => {
    await catalog.organizations.deleteOrganization(viewer, nameOf({ params }))
    return done
  }),
  route('GET', '/v2/orgs/:organization/members', async (call) => {
    const paging = parsePaging(call.url.searchParams)
    return replyPage(
      call,
      await call.catalog.organizations.listMembers(call.viewer, nameOf(call), paging),
      formatMember,
    )
  }),
  route('POST', '/v2/orgs/:organization/members', async (call) => {
    const { member: account, role } = await call.body(newMember)
    await call.catalog.organizations.setMember(call.viewer, nameOf(call), { account, role })
    return created(formatMember({ account, role }))
  }),
  route('PUT', '/v2/orgs/:organization/members/:account', async (call) => {
    const member = { account: call.params['account'] ?? '', ...(await call.body(memberChange)) }
    await call.catalog.organizations.setMember(call.viewer, nameOf(call), member)
    return ok(formatMember(member))
  }),
  route('DELETE', '/v2/orgs/:organization/members/:account', async ({ catalog, viewer, params }) => {
    await catalog.organizations.removeMember(viewer, nameOf({ params }), params['account'] ?? '')
    return done
  }),
]

export const nameOf = ({ params }: Pick<ApiCall, 'params'>): string => params['organization'] ?? ''

function formatOrganization({ id, name, fullName, createdAt }: Organization) {
  return {
    id: String(id),
    orgname: name,
    full_name: fullName,
    date_joined: isoTime(createdAt),
    type: 'Organization',
  }
}

function formatMember({ account, role }: Member) {
  return { username: account, role }
}
