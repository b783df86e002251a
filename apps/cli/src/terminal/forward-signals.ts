import type { Io } from '../command/io.ts'

const forwarded: readonly NodeJS.Signals[] = [
  'SIGINT',
  'SIGTERM',
  'SIGHUP',
  'SIGQUIT',
  'SIGUSR1',
  'SIGUSR2',
  'SIGALRM',
  'SIGCONT',
]

/** Sends what we are sent to the container instead, until disposed. */
export function forwardSignals(io: Io, kill: (signal: string) => Promise<void>): Disposable {
  const stack = new DisposableStack()
  for (const signal of forwarded) {
    stack.use(
      io.onSignal(signal, () => {
        // It may be gone already; then its exit is on the way here.
        kill(signal).catch(() => undefined)
      }),
    )
  }
  return stack
}
