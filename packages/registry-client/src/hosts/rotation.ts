import { setTimeout as sleep } from 'node:timers/promises'
import { CodedError } from '@berth/stdx'
import { EndpointFailure } from '../transport/endpoint-failure.ts'
import type { Endpoint } from '../transport/endpoint.ts'

/** A wait before the next request, so that progress can say why nothing moves. */
export interface RetryNotice {
  /** Counts from 1. */
  attempt: number
  delayMs: number
  /** The host or mirror that will be asked again. */
  source: string
  /** What went wrong last, in a few words. */
  reason: string
}

export interface RotationOptions {
  endpoints: readonly [Endpoint, ...Endpoint[]]
  retryBaseMs: number
  markDown: (endpoint: Endpoint) => void
  signal?: AbortSignal | undefined
  onRetry?: ((notice: RetryNotice) => void) | undefined
}

/** Attempts in a row that bring nothing. */
const attemptsMax = 5
const backoffMaxMs = 10_000

/**
 * Which endpoint to ask now. One that refuses is not asked again; one that fails for the moment is, after the others
 * had their turn and after a wait. Ends by throwing one error that tells what each of them said.
 */
export class Rotation {
  readonly #options: RotationOptions
  readonly #remaining: Endpoint[]
  readonly #failures = new Map<Endpoint, EndpointFailure>()
  #index = 0
  #attempts = 0
  #hasProgressed = false

  constructor(options: RotationOptions) {
    this.#options = options
    this.#remaining = [...options.endpoints]
  }

  /** To be asked after all others. */
  add(endpoints: readonly Endpoint[]): void {
    this.#remaining.push(...endpoints)
  }

  get endpoint(): Endpoint {
    return this.#remaining[this.#index] ?? this.#options.endpoints[0]
  }

  /** Runs an action on one endpoint after the other until one of them succeeds. */
  async run<T>(action: (endpoint: Endpoint) => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await action(this.endpoint)
      } catch (error) {
        await this.failed(error)
      }
    }
  }

  /** Takes in what went wrong at `endpoint` and waits as long as is needed; throws when nobody is left to ask. */
  async failed(error: unknown, { progressed = false } = {}): Promise<void> {
    this.#options.signal?.throwIfAborted()
    if (!(error instanceof EndpointFailure) || error.kind === 'fatal') throw error
    this.#failures.set(this.endpoint, error)
    this.#hasProgressed ||= progressed
    const isHopeless = error.kind === 'unreachable' && !this.#hasProgressed
    const stays = progressed && error.kind !== 'stalled'
    if (error.kind !== 'refused' && !stays) this.#options.markDown(this.endpoint)
    if (progressed) this.#attempts = 0
    if (error.kind === 'refused' || isHopeless) this.#drop()
    else await this.#retry(error, stays)
  }

  #drop(): void {
    this.#remaining.splice(this.#index, 1)
    if (this.#remaining.length === 0) throw this.#finalError()
    this.#index %= this.#remaining.length
  }

  /** A line that was cut is taken up where it was; another host is asked only when this one brings nothing, or nothing any more. */
  async #retry(error: EndpointFailure, stays: boolean): Promise<void> {
    this.#attempts++
    if (this.#attempts >= attemptsMax) throw this.#finalError()
    if (!stays) this.#index = (this.#index + 1) % this.#remaining.length
    if (stays || this.#index === 0) await this.#wait(error)
  }

  async #wait(last: EndpointFailure): Promise<void> {
    const backoffMs =
      Math.min(this.#options.retryBaseMs * 2 ** (this.#attempts - 1), backoffMaxMs) *
      (0.5 + Math.random() / 2)
    const delayMs = Math.max(backoffMs, this.#failures.get(this.endpoint)?.retryAfterMs ?? 0)
    this.#options.onRetry?.({
      attempt: this.#attempts,
      delayMs,
      source: this.endpoint.label,
      reason: last.summary,
    })
    try {
      await sleep(delayMs, undefined, { signal: this.#options.signal })
    } catch (error) {
      this.#options.signal?.throwIfAborted()
      throw error
    }
  }

  /** The registry's own answer counts most; a mirror's answer counts more than no answer. */
  #finalError(): CodedError {
    const failures = [...this.#failures]
    const answered = failures.filter(([, failure]) => failure.kind !== 'unreachable')
    const main = (
      answered.find(([endpoint]) => !endpoint.isMirror) ??
      answered.find(([, failure]) => failure.code === 'not-found') ??
      failures.find(([endpoint]) => !endpoint.isMirror) ??
      failures[0]
    )?.[1]
    if (!main) throw new CodedError('internal', 'Cannot fetch: nothing was tried')
    const isUnanimous = failures.every(
      ([, failure]) => failure.kind === 'refused' && failure.code === main.code,
    )
    if (isUnanimous || failures.length === 1) return main
    const all = failures.map(([endpoint, failure]) => `${endpoint.label}: ${failure.summary}`).join('; ')
    return new CodedError(main.code, `${main.message} (${all})`, {
      cause: main,
      ...(main.hint === undefined ? {} : { hint: main.hint }),
    })
  }
}
