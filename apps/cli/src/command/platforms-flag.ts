import type { Flag } from './flag.ts'

/** Platforms, several with commas or one at a time. */
export function platformsFlag(description: string, options: { since: string }): Flag<readonly string[]> {
  return {
    ...options,
    kind: 'strings',
    description,
    initial: [],
    parse: (text, previous) => [...previous, ...text.split(',')],
  }
}
