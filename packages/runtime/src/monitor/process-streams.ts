import type { AttachOptions } from '../monitor-api.ts'
import { OutputFanOut } from './output-fan-out.ts'
import type { OutputSink } from './output-fan-out.ts'
import { ProcessInput } from './process-input.ts'
import type { OpenStdio } from './stdio.ts'

/**
 * The streams of one process and who is attached to them. They exist before the process does, so that a client that
 * attaches first gets every byte.
 */
export class ProcessStreams {
  readonly output = new OutputFanOut()
  readonly input = new ProcessInput()
  #stdinOnce = false
  #resize: OpenStdio['resize'] = undefined
  #onAbandoned: (() => void) | undefined

  /** `onAbandoned` is called when the last client leaves before the process started. */
  constructor(onAbandoned: () => void) {
    this.#onAbandoned = onAbandoned
  }

  /** The process runs with this stdio. */
  open(stdio: OpenStdio, options: { stdinOnce: boolean }): void {
    this.#onAbandoned = undefined
    this.#stdinOnce = options.stdinOnce
    this.#resize = stdio.resize
    this.input.open(stdio.input, stdio.isTerminal)
    this.output.open(stdio.output, stdio.isTerminal)
  }

  leave(client: OutputSink, options: AttachOptions): void {
    this.output.remove(client)
    if (options.stdin && this.#stdinOnce) this.input.end()
    if (!this.output.hasSinks) this.#onAbandoned?.()
  }

  /** False when the process has no terminal. */
  resize(size: { rows: number; columns: number }): boolean {
    if (this.#resize === undefined) return false
    this.#resize(size)
    return true
  }

  close(): void {
    this.#resize = undefined
    this.input.close()
    this.output.end()
  }
}
