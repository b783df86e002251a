import { html } from '../rendering/html.ts'

export interface NoticeProps {
  kind: 'good' | 'bad'
  text: string
  hint?: string | undefined
}

/** A line that is read aloud when the page opens. */
export function Notice({ kind, text, hint }: NoticeProps) {
  return html`<div class=${`notice ${kind}`} role=${kind === 'bad' ? 'alert' : 'status'}>
    <p>${text}</p>
    ${hint && html`<p class="muted">${hint}</p>`}
  </div>`
}
