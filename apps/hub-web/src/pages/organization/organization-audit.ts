import { page, type PageReply, type PageRequest } from '../../http/page-request.ts'
import { paths } from '../../paths.ts'
import { html } from '../../rendering/html.ts'
import { AuditLog } from '../../ui/audit-log.ts'
import { getOwnOrganization, OrganizationFrame } from './organization-frame.ts'

export async function showOrganizationAudit(request: PageRequest): Promise<PageReply> {
  const organization = await getOwnOrganization(request)
  const log = await AuditLog(request, {
    namespace: organization.name,
    path: paths.organization(organization.name, 'audit'),
  })
  return page(
    `Audit log of ${organization.name}`,
    OrganizationFrame({
      organization,
      part: 'audit',
      children: html`<h2>Audit log</h2>
        ${log}`,
    }),
  )
}
