import type { PageRequest } from '../http/page-request.ts'
import { html, type ComponentChildren } from '../rendering/html.ts'

export interface FormProps {
  request: Pick<PageRequest, 'forms'>
  action: string
  children: ComponentChildren
  class?: string
  /** With scripts, only the element of this id changes when the form is sent. */
  replaces?: string
}

/** A form that changes something: it carries the proof that this hub showed it. */
export function Form({ request, action, children, class: className, replaces }: FormProps) {
  return html`<form method="post" action=${action} class=${className} data-replaces=${replaces}>
    <input type="hidden" name="form-token" value=${request.forms.createToken()} />
    ${children}
  </form>`
}
