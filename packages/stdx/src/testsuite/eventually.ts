import { setTimeout as sleep } from 'node:timers/promises'

const pauseMs = 20

/**
 * Checks again and again until `check` passes, and gives what it gave; at most for `withinMs` (default 10 s): then its last
 * failure is thrown.
 */
export async function eventually<T>(check: () => T | Promise<T>, withinMs = 10_000): Promise<T> {
  const end = performance.now() + withinMs
  for (;;) {
    try {
      return await check()
    } catch (error) {
      if (performance.now() > end) throw error
      await sleep(pauseMs)
    }
  }
}
