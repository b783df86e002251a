import { accountOf, page, type PageReply, type PageRequest } from '../../http/page-request.ts'
import { paths } from '../../paths.ts'
import { html } from '../../rendering/html.ts'
import { AuditFilter, actionOf } from '../../ui/audit-filter.ts'
import { AuditList } from '../../ui/audit-list.ts'
import { pageOf, Pager } from '../../ui/pager.ts'
import { SettingsFrame } from './settings-frame.ts'

const pageSize = 50

export async function showAudit(request: PageRequest): Promise<PageReply> {
  const { catalog, viewer, query } = request
  const action = actionOf(query)
  const path = paths.settings('audit')
  const listed = await catalog.audit.listAudit(viewer, accountOf(request).name, {
    page: pageOf(query),
    size: pageSize,
    ...(action !== '' && { action }),
  })
  return page(
    'Audit log',
    SettingsFrame({
      request,
      part: 'audit',
      children: html`<h2>Audit log</h2>
        <p class="muted">What was done with your account and in your namespace, kept for a year.</p>
        ${AuditFilter({ path, action })} ${AuditList(listed)}
        ${Pager({ path, query, count: listed.count, size: pageSize })}`,
    }),
  )
}
