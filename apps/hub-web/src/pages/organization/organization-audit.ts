import { page, type PageReply, type PageRequest } from '../../http/page-request.ts'
import { paths } from '../../paths.ts'
import { html } from '../../rendering/html.ts'
import { AuditFilter, actionOf } from '../../ui/audit-filter.ts'
import { AuditList } from '../../ui/audit-list.ts'
import { pageOf, Pager } from '../../ui/pager.ts'
import { getOwnOrganization, OrganizationFrame } from './organization-frame.ts'

const pageSize = 50

export async function showOrganizationAudit(request: PageRequest): Promise<PageReply> {
  const { catalog, viewer, query } = request
  const organization = await getOwnOrganization(request)
  const action = actionOf(query)
  const path = paths.organization(organization.name, 'audit')
  const listed = await catalog.audit.listAudit(viewer, organization.name, {
    page: pageOf(query),
    size: pageSize,
    ...(action !== '' && { action }),
  })
  return page(
    `Audit log of ${organization.name}`,
    OrganizationFrame({
      organization,
      part: 'audit',
      children: html`<h2>Audit log</h2>
        ${AuditFilter({ path, action })} ${AuditList(listed)}
        ${Pager({ path, query, count: listed.count, size: pageSize })}`,
    }),
  )
}
