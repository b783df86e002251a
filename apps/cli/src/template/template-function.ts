import type { GoType } from './go-type.ts'
import type { GoValue } from './go-value.ts'

/** A type of Go, or any value whatever its type (also none at all). */
export type Parameter = GoType | 'any'

/** A function that templates call by name. */
export interface TemplateFunction {
  parameters: readonly Parameter[]
  /** The last parameter may come any number of times. */
  isVariadic?: boolean
  /** Throws an Error with Go's message, without what Go puts around it. */
  call: (...args: (GoValue | undefined)[]) => GoValue | undefined
}
