import type { ExitEvent } from '../monitor-api.ts'
import type { ProcessReference } from './protocol.ts'

/** Ended execs that are remembered of one container; older ones are forgotten. */
const maxExecExits = 64

/**
 * Tells engines of exits. A container's exit is told to every engine that connects until the container is deleted; an
 * exec's until some engine has been told.
 */
export class ExitNotices {
  readonly #listeners = new Set<(exit: ExitEvent) => void>()
  readonly #containers = new Map<string, ExitEvent>()
  readonly #execs = new Map<string, { exit: ExitEvent; isTold: boolean }[]>()

  /** Tells `listener` what it has to know, and of each exit from now on, until the returned function is called. */
  subscribe(listener: (exit: ExitEvent) => void): () => void {
    this.#listeners.add(listener)
    for (const ended of this.#execs.values()) {
      for (const notice of ended.filter(({ isTold }) => !isTold)) {
        notice.isTold = true
        listener(notice.exit)
      }
    }
    for (const exit of this.#containers.values()) listener(exit)
    return () => this.#listeners.delete(listener)
  }

  tell(exit: ExitEvent): void {
    if (exit.execId === undefined) {
      this.#containers.set(exit.containerId, exit)
    } else {
      const ended = this.#execs.get(exit.containerId) ?? []
      this.#execs.set(exit.containerId, [
        ...ended.slice(1 - maxExecExits),
        { exit, isTold: this.#listeners.size > 0 },
      ])
    }
    for (const listener of this.#listeners) listener(exit)
  }

  hasEnded({ containerId, execId }: ProcessReference): boolean {
    if (execId === undefined) return this.#containers.has(containerId)
    return this.#execs.get(containerId)?.some(({ exit }) => exit.execId === execId) ?? false
  }

  forget(containerId: string): void {
    this.#containers.delete(containerId)
    this.#execs.delete(containerId)
  }
}
