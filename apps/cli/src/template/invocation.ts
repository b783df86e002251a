import type { GoValue } from './go-value.ts'

/** What a pipeline's first command has instead of a value piped into it. */
export const missing = Symbol('missing')
export type Piped = GoValue | undefined | typeof missing

/** Something that is called, or a field that may turn out to be a method: with what. */
export interface Invocation {
  /** As it stands in the template. */
  name: string
  /** Evaluated only when they are needed. */
  arguments: readonly (() => GoValue | undefined)[]
  piped: Piped
}

export function hasArguments({ arguments: given, piped }: Invocation): boolean {
  return given.length > 0 || piped !== missing
}
