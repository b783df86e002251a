/**
 * Runs `action` for all items at once. When one fails the others are aborted, and only when all have ended is its error
 * thrown, so that nothing of them is under way any more.
 */
export async function together<T>(
  items: readonly T[],
  signal: AbortSignal,
  action: (item: T, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const controller = new AbortController()
  const either = AbortSignal.any([signal, controller.signal])
  const outcomes = await Promise.allSettled(
    items.map(async (item) => {
      try {
        await action(item, either)
      } catch (error) {
        controller.abort(error)
        throw error
      }
    }),
  )
  if (outcomes.some((outcome) => outcome.status === 'rejected')) throw controller.signal.reason
}
