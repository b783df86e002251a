import type { AuditEntry } from '@berth/catalog'
import { html } from '../rendering/html.ts'
import { Moment } from './quantities.ts'

/** What was done, the newest first. */
export function AuditList({ entries }: { entries: readonly AuditEntry[] }) {
  if (entries.length === 0) return html`<div class="empty"><p>Nothing has been noted.</p></div>`
  return html`<ul class="rows">
    ${entries.map(
      ({ at, action, actor, address, subject, detail }) =>
        html`<li class="row">
          <div>
            <code class="strong">${action}</code> <span class="break">${subject}</span>
            <p class="facts">
              <span>by ${actor ?? 'nobody with an account'}</span>
              ${address !== '' && html`<span class="mono">${address}</span>`}
              ${Object.entries(detail).map(([key, value]) => html`<span class="break">${key}: ${value}</span>`)}
            </p>
          </div>
          ${Moment({ at })}
        </li>`,
    )}
  </ul>`
}
