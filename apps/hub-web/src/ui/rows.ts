import { html, type ComponentChildren, type VNode } from '../rendering/html.ts'

export interface RowsProps {
  /** Elements of the list (`li`). */
  rows: readonly VNode[]
  /** Said when there are none. */
  empty: ComponentChildren
}

/** Things of one kind below each other. */
export function Rows({ rows, empty }: RowsProps) {
  if (rows.length === 0) return html`<div class="empty"><p>${empty}</p></div>`
  return html`<ul class="rows">
    ${rows}
  </ul>`
}
