import type { GoValue } from './go-value.ts'
import type { ParsedTemplate } from './node.ts'
import { TemplateError } from './template-error.ts'
import type { TemplateFunction } from './template-function.ts'

/** What the execution of one template knows. */
export interface State {
  template: ParsedTemplate
  functions: Readonly<Record<string, TemplateFunction>>
  /** What a missing key of a map is: `<no value>`, or an error. */
  missingKey: 'default' | 'error'
  /** Name of the template that is executed; of the outermost the template's own. */
  name: string
  depth: number
  variables: { name: string; value: GoValue | undefined }[]
  output: string[]
  /** The node that is worked on, for errors. */
  at: { position: number; text: () => string }
}

/** Throws Go's error: where, in which template, at which node. Columns count bytes and begin at 0. */
export function failAt(state: State, message: string): never {
  const before = state.template.text.slice(0, state.at.position)
  const lines = before.split('\n')
  const column = Buffer.byteLength(lines.at(-1) ?? '')
  const place = `template: ${state.template.name}:${lines.length}:${column}: executing ${JSON.stringify(state.name)} at <${state.at.text()}>`
  throw new TemplateError('execute', `${place}: ${message}`)
}

/** Gives a variable that is declared already another value. */
export function setVariable(state: State, name: string, value: GoValue | undefined): void {
  const known = state.variables.findLast((variable) => variable.name === name)
  if (known === undefined) failAt(state, `undefined variable: ${name}`)
  known.value = value
}
