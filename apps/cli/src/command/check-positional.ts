import type { CommandDefinition } from './command.ts'
import { UsageError } from './usage-error.ts'

/** Throws in Docker's words when there are too few or too many; `path` is the command as it was called. */
export function checkPositional(path: string, { positional }: CommandDefinition, count: number): void {
  const { min, max } = positional
  if (count >= min && count <= max) return
  const program = path.split(' ', 1)[0] ?? path
  throw new UsageError(1, `${program}: '${path}' ${expectation(min, max)}`)
}

function expectation(min: number, max: number): string {
  if (max === 0) return 'accepts no arguments'
  if (min === max) return `requires ${plural(min)}`
  if (max === Number.POSITIVE_INFINITY) return `requires at least ${plural(min)}`
  if (min === 0) return `requires at most ${plural(max)}`
  return `requires at least ${min} and at most ${plural(max)}`
}

function plural(count: number): string {
  return `${count} argument${count === 1 ? '' : 's'}`
}
