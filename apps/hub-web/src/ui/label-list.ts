import { html } from '../rendering/html.ts'

/** Names and values that the author of an image gave it; nothing when there are none. */
export function LabelList(entries: readonly (readonly [key: string, value: string])[]) {
  if (entries.length === 0) return null
  return html`<dl class="labels">
    ${entries.map(
      ([key, value]) =>
        html`<div key=${key}>
          <dt class="mono">${key}</dt>
          <dd class="break">${value}</dd>
        </div>`,
    )}
  </dl>`
}
