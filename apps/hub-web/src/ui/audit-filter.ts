import { html } from '../rendering/html.ts'

const actionLengthMax = 64

export function actionOf(query: URLSearchParams): string {
  return (query.get('action') ?? '').trim().slice(0, actionLengthMax)
}

/** Only what was done in one way. */
export function AuditFilter({ path, action }: { path: string; action: string }) {
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
