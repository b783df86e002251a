import { CodedError } from '@berth/stdx'

/** One joiner's wishes. */
export interface JoinOptions<Event> {
  signal: AbortSignal
  /** Told of the newest event at once when the work is under way already, then of each further one. */
  onEvent: (event: Event) => void
}

interface Job<Event, Result> {
  readonly controller: AbortController
  readonly result: Promise<Result>
  readonly listeners: Set<(event: Event) => void>
  last: Event | undefined
}

/**
 * Work that is done once however many want it. All joiners see its events; one leaving does not stop the others, the
 * last one leaving aborts it.
 */
export class SharedWork<Event, Result> {
  readonly #jobs = new Map<string, Job<Event, Result>>()

  async join(
    key: string,
    start: (emit: (event: Event) => void, signal: AbortSignal) => Promise<Result>,
    options: JoinOptions<Event>,
  ): Promise<Result> {
    options.signal.throwIfAborted()
    const job = this.#jobs.get(key) ?? this.#begin(key, start)
    // Each joiner has an entry of its own, also when several pass the same function.
    const listener = (event: Event) => options.onEvent(event)
    job.listeners.add(listener)
    if (job.last !== undefined) listener(job.last)
    const { promise: left, reject } = Promise.withResolvers<never>()
    const leave = () =>
      reject(new CodedError('cancelled', 'context canceled', { cause: options.signal.reason }))
    options.signal.addEventListener('abort', leave, { once: true })
    try {
      return await Promise.race([job.result, left])
    } finally {
      options.signal.removeEventListener('abort', leave)
      job.listeners.delete(listener)
      if (job.listeners.size === 0) this.#end(key, job)
    }
  }

  #begin(
    key: string,
    start: (emit: (event: Event) => void, signal: AbortSignal) => Promise<Result>,
  ): Job<Event, Result> {
    const controller = new AbortController()
    const listeners = new Set<(event: Event) => void>()
    const emit = (event: Event) => {
      job.last = event
      for (const listener of listeners) listener(event)
    }
    const result = Promise.resolve().then(() => start(emit, controller.signal))
    const job: Job<Event, Result> = { controller, listeners, last: undefined, result }
    // A failure reaches the joiners; when all have left, nobody is there to hear it.
    result.catch(() => undefined).finally(() => this.#forget(key, job))
    this.#jobs.set(key, job)
    return job
  }

  #end(key: string, job: Job<Event, Result>): void {
    this.#forget(key, job)
    job.controller.abort(new CodedError('cancelled', 'context canceled'))
  }

  #forget(key: string, job: Job<Event, Result>): void {
    if (this.#jobs.get(key) === job) this.#jobs.delete(key)
  }
}
