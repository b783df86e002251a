import type { DeliveryOutcome } from './delivery-store.ts'

const firstWaitMs = 30_000
const waitMaxMs = 4 * 60 * 60 * 1000
/** After a day nobody waits for it any more. */
const giveUpMs = 24 * 60 * 60 * 1000
const errorLengthMax = 300

/** What a try means: delivered with 2xx, else due again after twice as long as before, for a day. */
export function outcomeOf(
  delivery: { createdAt: number; attempts: number; now: number },
  result: { status: number } | { error: string },
): DeliveryOutcome {
  const { createdAt, attempts, now } = delivery
  const status = 'status' in result ? result.status : undefined
  const error = 'error' in result ? result.error.slice(0, errorLengthMax) : undefined
  if (status !== undefined && status >= 200 && status < 300)
    return { state: 'delivered', dueAt: now, status, error }
  const dueAt = now + Math.min(firstWaitMs * 2 ** Math.min(attempts - 1, 20), waitMaxMs)
  return { state: dueAt - createdAt > giveUpMs ? 'failed' : 'waiting', dueAt, status, error }
}
