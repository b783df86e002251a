import type { ContainerRecord } from '../record/container-record.ts'
import { nextDelayMs } from './restart-policy.ts'

/** Pending restarts: one timer a container, cancelled when a person stops or removes it. */
export class Restarter implements Disposable {
  readonly #pending = new Map<string, NodeJS.Timeout>()
  readonly #delays = new Map<string, number>()

  /** Calls `start` after the delay that the container's recent life has earned. */
  schedule(record: ContainerRecord, start: () => void): void {
    const livedMs = Date.parse(record.state.finishedAt) - Date.parse(record.state.startedAt)
    const delayMs = nextDelayMs(this.#delays.get(record.id), livedMs)
    this.#delays.set(record.id, delayMs)
    clearTimeout(this.#pending.get(record.id))
    const timer = setTimeout(() => {
      this.#pending.delete(record.id)
      start()
    }, delayMs)
    this.#pending.set(record.id, timer)
  }

  cancel(id: string): void {
    clearTimeout(this.#pending.get(id))
    this.#pending.delete(id)
    this.#delays.delete(id)
  }

  [Symbol.dispose](): void {
    for (const timer of this.#pending.values()) clearTimeout(timer)
    this.#pending.clear()
  }
}
