import { ExitError } from './exit-error.ts'
import type { Io } from './io.ts'

const interruptedStatus = 130
const endedStatus = 143

/** A signal that is aborted, with the status that shells expect, when this program is asked to end, until disposed. */
export function interruptible(io: Pick<Io, 'onSignal'>): Disposable & { signal: AbortSignal } {
  const abort = new AbortController()
  const stack = new DisposableStack()
  stack.use(io.onSignal('SIGINT', () => abort.abort(new ExitError(interruptedStatus, ''))))
  stack.use(io.onSignal('SIGTERM', () => abort.abort(new ExitError(endedStatus, ''))))
  return { signal: abort.signal, [Symbol.dispose]: () => stack.dispose() }
}
