import type { AuditEntry } from '@berth/catalog'
import type { PageRequest } from '../http/page-request.ts'
import { html } from '../rendering/html.ts'
import { pageOf, Pager } from './pager.ts'
import { Moment } from './quantities.ts'
import { Rows } from './rows.ts'

const pageSize = 50
const actionLengthMax = 64

export interface AuditLogOptions {
  /** Whose account or organization it is. */
  namespace: string
  /** Of the page that shows it. */
  path: string
}

/** What was done in a namespace, the newest first, as far as the viewer may know it. */
export async function AuditLog(request: PageRequest, { namespace, path }: AuditLogOptions) {
  const { catalog, viewer, query } = request
  const action = (query.get('action') ?? '').trim().slice(0, actionLengthMax)
  const listed = await catalog.audit.listAudit(viewer, namespace, {
    page: pageOf(query),
    size: pageSize,
    ...(action !== '' && { action }),
  })
  return html`${AuditFilter({ path, action })}
  ${Rows({ rows: listed.entries.map(AuditRow), empty: 'Nothing has been noted.' })}
  ${Pager({ path, query, count: listed.count, size: pageSize })}`
}

/** Only what was done in one way. */
function AuditFilter({ path, action }: { path: string; action: string }) {
  return html`<form class="toolbar" action=${path}>
    <label class="for-readers" for="action">Action</label>
    <input
      id="action"
      type="search"
      name="action"
      value=${action}
      placeholder="For example repo.create"
      autocomplete="off"
    />
    <button class="button quiet">Filter</button>
  </form>`
}

function AuditRow({ at, action, actor, address, subject, detail }: AuditEntry) {
  return html`<li class="row">
    <div>
      <code class="strong">${action}</code> <span class="break">${subject}</span>
      <p class="facts">
        <span>by ${actor ?? 'nobody with an account'}</span>
        ${address !== '' && html`<span class="mono">${address}</span>`}
        ${Object.entries(detail).map(([key, value]) => html`<span class="break">${key}: ${value}</span>`)}
      </p>
    </div>
    ${Moment({ at })}
  </li>`
}
