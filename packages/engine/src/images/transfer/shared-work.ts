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
  /** Resolves when the work has ended in whatever way. */
  readonly settled: Promise<void>
  readonly listeners: Set<(event: Event) => void>
  last: Event | undefined
}

/**
 * Work that is done once however many want it. All joiners see its events; one leaving does not stop the others, the
 * last one leaving aborts it for its own reason and waits for its end, so that whatever it held is free again.
 */
export class SharedWork<Event, Result> {
  readonly #jobs = new Map<string, Job<Event, Result>>()

  async join(
    key: string,
    start: (emit: (event: Event) => void, signal: AbortSignal) => Promise<Result>,
    options: JoinOptions<Event>,
  ): Promise<Result> {
    options.signal.throwIfAborted()
    const { promise: left, reject } = Promise.withResolvers<never>()
    const leave = () =>
      reject(new CodedError('cancelled', 'context canceled', { cause: options.signal.reason }))
    options.signal.addEventListener('abort', leave, { once: true })
    try {
      for (let job = this.#jobs.get(key); job?.controller.signal.aborted; job = this.#jobs.get(key))
        await Promise.race([job.settled, left])
      return await this.#attend(this.#jobs.get(key) ?? this.#begin(key, start), options, left)
    } finally {
      options.signal.removeEventListener('abort', leave)
    }
  }

  async #attend(
    job: Job<Event, Result>,
    { signal, onEvent }: JoinOptions<Event>,
    left: Promise<never>,
  ): Promise<Result> {
    // Each joiner has an entry of its own, also when several pass the same function.
    const listener = (event: Event) => onEvent(event)
    job.listeners.add(listener)
    if (job.last !== undefined) listener(job.last)
    try {
      return await Promise.race([job.result, left])
    } finally {
      job.listeners.delete(listener)
      if (job.listeners.size === 0) {
        job.controller.abort(signal.reason)
        await job.settled
      }
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
    const forget = () => void this.#jobs.delete(key)
    // A failure reaches the joiners; when all have left, nobody is there to hear it.
    const job: Job<Event, Result> = {
      controller,
      listeners,
      last: undefined,
      result,
      settled: result.then(forget, forget),
    }
    this.#jobs.set(key, job)
    return job
  }
}
