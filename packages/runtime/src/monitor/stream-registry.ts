import { ProcessStreams } from './process-streams.ts'

/** How many processes may have clients before they start. */
const maxWaiting = 1024

/** The streams of processes that clients wait for and that do not run yet. */
export class StreamRegistry {
  readonly #waiting = new Map<string, ProcessStreams>()

  /** The streams of a process to come. They are forgotten when the last client leaves first. */
  await(key: string): ProcessStreams {
    const known = this.#waiting.get(key)
    if (known !== undefined) return known
    const streams = new ProcessStreams(() => this.#waiting.delete(key))
    if (this.#waiting.size < maxWaiting) this.#waiting.set(key, streams)
    else streams.close()
    return streams
  }

  /** Takes the streams for a process that starts. */
  take(key: string): ProcessStreams {
    const streams = this.await(key)
    this.#waiting.delete(key)
    return streams
  }
}
