/** Does something that goes on until it is told to stop; disposing tells it, and waits for its end. */
export function untilDisposed(action: (signal: AbortSignal) => Promise<void>): AsyncDisposable {
  const stopping = new AbortController()
  const running = action(stopping.signal)
  return {
    async [Symbol.asyncDispose]() {
      stopping.abort()
      await running
    },
  }
}
