import { accountOf, page, type PageReply, type PageRequest } from '../../http/page-request.ts'
import { paths } from '../../paths.ts'
import { html } from '../../rendering/html.ts'
import { AuditLog } from '../../ui/audit-log.ts'
import { SettingsFrame } from './settings-frame.ts'

export async function showAudit(request: PageRequest): Promise<PageReply> {
  const log = await AuditLog(request, {
    namespace: accountOf(request).name,
    path: paths.settings('audit'),
  })
  return page(
    'Audit log',
    SettingsFrame({
      part: 'audit',
      children: html`<h2>Audit log</h2>
        <p class="muted">What was done with your account and in your namespace, kept for a year.</p>
        ${log}`,
    }),
  )
}
