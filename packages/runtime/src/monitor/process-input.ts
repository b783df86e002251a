import type { Writable } from 'node:stream'

/** What clients may send before the process runs. */
const maxWaitingBytes = 1 << 20

/** The standard input of one process: bytes that come before it starts wait for it. */
export class ProcessInput {
  readonly #onReady = new Set<() => void>()
  #waiting: Uint8Array[] = []
  #waitingBytes = 0
  #target: Writable | undefined
  #isTerminal = false
  #isEnded = false

  /** Hands bytes to the process; false when no more should come before `onReady` is called. */
  write(chunk: Uint8Array): boolean {
    if (this.#isEnded) return true
    if (this.#target !== undefined) return this.#target.write(chunk)
    this.#waiting.push(chunk)
    this.#waitingBytes += chunk.length
    return this.#waitingBytes < maxWaitingBytes
  }

  /** Calls `listener` once, when input is taken again. */
  onceReady(listener: () => void): void {
    this.#onReady.add(listener)
  }

  /** End of file for the process. A terminal has none: its programs read it as long as it is open. */
  end(): void {
    if (this.#isTerminal) return
    this.#isEnded = true
    if (this.#target !== undefined) this.#target.end()
  }

  /** The process runs; without a target its input is /dev/null and what was sent is forgotten. */
  open(target: Writable | undefined, isTerminal: boolean): void {
    this.#isTerminal = isTerminal
    const waiting = this.#waiting
    this.#forget()
    if (target === undefined) return this.close()
    this.#target = target
    target.on('drain', () => this.#ready())
    // The process may close its input or end while bytes are under way: they have no reader any more.
    target.on('error', () => this.close())
    for (const chunk of waiting) target.write(chunk)
    if (this.#isEnded) {
      if (isTerminal) this.#isEnded = false
      else target.end()
    }
    this.#ready()
  }

  /** The process is gone: further input is swallowed. */
  close(): void {
    this.#isEnded = true
    this.#forget()
    // A terminal is one descriptor for both directions; whoever reads it closes it.
    if (!this.#isTerminal) this.#target?.destroy()
    this.#target = undefined
    this.#ready()
  }

  #forget(): void {
    this.#waiting = []
    this.#waitingBytes = 0
  }

  #ready(): void {
    const listeners = [...this.#onReady]
    this.#onReady.clear()
    for (const listener of listeners) listener()
  }
}
