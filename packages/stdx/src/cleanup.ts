import { CodedError } from './coded-error.ts'

/** Clean-up has its own time limit: it never runs under the signal of the caller it cleans up after. */
const cleanupTimeoutMs = 10_000

/** Runs `action` with a fresh 10 s limit; rejects with code `deadline` when it takes longer. */
export async function cleanup<T>(action: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const signal = AbortSignal.timeout(cleanupTimeoutMs)
  const { promise: expired, reject } = Promise.withResolvers<never>()
  const onAbort = () =>
    reject(new CodedError('deadline', `Cannot clean up: not done within ${cleanupTimeoutMs} ms`))
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([action(signal), expired])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
