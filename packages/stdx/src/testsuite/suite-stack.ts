import { after } from 'node:test'

/**
 * What all tests of a file, or of a suite, have together: disposed after the last of them, the rest also when a piece of it
 * fails. A server that stays would keep the file from ending.
 */
export function suiteStack(): AsyncDisposableStack {
  const stack = new AsyncDisposableStack()
  after(() => stack.disposeAsync())
  return stack
}
