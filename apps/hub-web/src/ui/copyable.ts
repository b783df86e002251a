import { html } from '../rendering/html.ts'
import { Icon } from './icon.ts'

export interface CopyableProps {
  text: string
  /** What it is, for who hears the page. */
  label: string
  id: string
}

/** A line to be copied. Without scripts it is selected as any text is, and has no button. */
export function Copyable({ text, label, id }: CopyableProps) {
  return html`<div class="copyable">
    <code id=${id}>${text}</code>
    <button
      type="button"
      class="round needs-script"
      data-copies=${id}
      aria-label=${`Copy ${label}`}
      title="Copy"
    >
      ${Icon({ name: 'copy' })}
    </button>
  </div>`
}
