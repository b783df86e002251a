import { linuxKernel } from '@berth/syscalls'
import type { WaitResult } from '@berth/syscalls'
import { spawn } from 'node:child_process'
import type { SpawnOptions } from 'node:child_process'

/** How a helper program ended; `error` when it could not be started. */
export interface HelperResult {
  exitCode: number | null
  signal: NodeJS.Signals | null
  error?: NodeJS.ErrnoException
}

/**
 * Collects the children of this process. Containers' processes are grandchildren that the runtime leaves behind, and
 * become children here by PR_SET_CHILD_SUBREAPER; the helper programs are children of Node, which waits for them
 * itself and must not find them gone.
 */
export class ChildReaper implements Disposable {
  readonly #helpers = new Set<number>()
  readonly #waiting = new Map<number, (result: WaitResult) => void>()
  /** Processes that ended before `wait` named them: the runtime that started them is still about to tell their pid. */
  readonly #unclaimed = new Map<number, WaitResult>()
  #starts = 0
  readonly #reap = () => this.reap()

  constructor() {
    linuxKernel.becomeChildSubreaper()
    process.on('SIGCHLD', this.#reap)
  }

  /** Runs a helper program to its end. */
  async run(command: string, args: readonly string[], options: SpawnOptions): Promise<HelperResult> {
    const child = spawn(command, args, options)
    const { pid } = child
    if (pid !== undefined) this.#helpers.add(pid)
    const { promise, resolve } = Promise.withResolvers<HelperResult>()
    child.on('error', (error) => resolve({ exitCode: null, signal: null, error }))
    child.on('exit', (exitCode, signal) => resolve({ exitCode, signal }))
    try {
      return await promise
    } finally {
      if (pid !== undefined) this.#helpers.delete(pid)
      this.reap()
    }
  }

  /** Keeps the results of unknown children during `start`, which finds out the pid of one and waits for it. */
  async expectChild<T>(start: () => Promise<T>): Promise<T> {
    this.#starts++
    try {
      return await start()
    } finally {
      if (--this.#starts === 0) this.#unclaimed.clear()
    }
  }

  /** Calls `onEnd` when the child `pid` has ended, also when it has already. Throws ECHILD when it is no child. */
  wait(pid: number, onEnd: (result: WaitResult) => void): void {
    const result = this.#resultOf(pid)
    this.#unclaimed.delete(pid)
    if (result === undefined) this.#waiting.set(pid, onEnd)
    else onEnd(result)
  }

  /** Collects every child that has ended. Called at SIGCHLD, and when a helper has gone that others queued behind. */
  reap(): void {
    for (let pid = linuxKernel.peekEndedChild(); pid !== undefined; pid = linuxKernel.peekEndedChild()) {
      if (this.#helpers.has(pid)) return
      const result = linuxKernel.waitForChild(pid)
      if (result === undefined) return
      this.#deliver(result)
    }
  }

  [Symbol.dispose](): void {
    process.off('SIGCHLD', this.#reap)
  }

  #resultOf(pid: number): WaitResult | undefined {
    try {
      return linuxKernel.waitForChild(pid)
    } catch (error) {
      const collected = this.#unclaimed.get(pid)
      if (collected === undefined) throw error
      return collected
    }
  }

  #deliver(result: WaitResult): void {
    const onEnd = this.#waiting.get(result.pid)
    this.#waiting.delete(result.pid)
    if (onEnd !== undefined) onEnd(result)
    else if (this.#starts > 0) this.#unclaimed.set(result.pid, result)
  }
}
