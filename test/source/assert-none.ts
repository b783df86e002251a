import assert from 'node:assert/strict'

/** Fails with one line for each thing found, and what to do about it. */
export function assertNone(found: readonly string[], advice: string): void {
  if (found.length > 0)
    assert.fail([`${found.length} found: ${advice}`, ...found.map((line) => `  ${line}`)].join('\n'))
}
