import type { GoValue } from './go-value.ts'
import type { State } from './state.ts'
import type { Parameter } from './template-function.ts'

/** What a pipeline's first command has instead of a value piped into it. */
export const missing = Symbol('missing')
export type Piped = GoValue | undefined | typeof missing

/** Something that is called, or a field that may turn out to be a method: with what. */
export interface Invocation {
  /** As it stands in the template. */
  name: string
  /** Evaluated only when they are needed, and as what is needed. */
  arguments: readonly ((parameter: Parameter) => GoValue | undefined)[]
  piped: Piped
  /** Where a call that fails is said to be. */
  place: State['at']
}

export function hasArguments({ arguments: given, piped }: Invocation): boolean {
  return given.length > 0 || piped !== missing
}
