/** Docker's conditions of `wait`. */
export type WaitCondition = 'not-running' | 'next-exit' | 'removed'

export interface WaitOutcome {
  exitCode: number
  error?: string
}

type Moment = 'exit' | 'removed'

/** Who waits for which container, in memory: a waiter is registered before anything else of its request happens. */
export class Waiters {
  readonly #waiting = new Map<string, Set<{ moment: Moment; resolve: (outcome: WaitOutcome) => void }>>()

  /** Resolves at the next such moment of the container; `signal` takes the waiter out again. */
  wait(id: string, moment: Moment, signal: AbortSignal): Promise<WaitOutcome> {
    return new Promise((resolve, reject) => {
      const waiter = { moment, resolve }
      const waiters = this.#waiting.get(id) ?? new Set()
      waiters.add(waiter)
      this.#waiting.set(id, waiters)
      signal.addEventListener(
        'abort',
        () => {
          this.#drop(id, waiter)
          reject(signal.reason as Error)
        },
        { once: true },
      )
    })
  }

  notify(id: string, moment: Moment, outcome: WaitOutcome): void {
    for (const waiter of this.#waiting.get(id) ?? []) {
      // Who waits for an exit that never comes because the container is gone has waited long enough, too.
      if (waiter.moment !== moment && moment !== 'removed') continue
      this.#drop(id, waiter)
      waiter.resolve(outcome)
    }
  }

  #drop(id: string, waiter: { moment: Moment; resolve: (outcome: WaitOutcome) => void }): void {
    const waiters = this.#waiting.get(id)
    waiters?.delete(waiter)
    if (waiters?.size === 0) this.#waiting.delete(id)
  }
}
