import { setTimeout as sleep } from 'node:timers/promises'

const pauseMs = 20

/** Checks again and again until `check` passes, at most for `withinMs` (default 2 s): then its last failure is thrown. */
export async function eventually(check: () => void | Promise<void>, withinMs = 2000): Promise<void> {
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
