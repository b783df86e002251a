import type { ExecCreateRequest } from '@berth/api'
import { CodedError } from '@berth/stdx'

/** A process that was asked for in a running container; kept for a while after its end, since clients read the code then. */
export interface Exec {
  readonly id: string
  readonly containerId: string
  readonly request: ExecCreateRequest
  status: 'created' | 'running' | 'exited'
  pid: number
  exitCode: number | null
  endedAtMs: number | undefined
}

/** Execs that have ended are forgotten after this. */
const keepEndedMs = 5 * 60_000

/** Execs in memory: none of them outlives what it runs in. */
export class ExecRegistry {
  readonly #execs = new Map<string, Exec>()
  readonly #waiting = new Map<string, PromiseWithResolvers<void>>()

  add(exec: Exec): void {
    this.#forgetOld()
    this.#execs.set(exec.id, exec)
  }

  get(id: string): Exec {
    const exec = this.#execs.get(id)
    if (!exec) throw new CodedError('not-found', `No such exec instance: ${id}`)
    return exec
  }

  /** Resolves once the end of an exec is known. */
  whenEnded(id: string): Promise<void> {
    if (this.get(id).status === 'exited') return Promise.resolve()
    const waiting = this.#waiting.get(id) ?? Promise.withResolvers<void>()
    this.#waiting.set(id, waiting)
    return waiting.promise
  }

  ofContainer(containerId: string): Exec[] {
    return [...this.#execs.values()].filter(
      (exec) => exec.containerId === containerId && exec.status !== 'exited',
    )
  }

  ended(id: string, exitCode: number): Exec | undefined {
    const exec = this.#execs.get(id)
    if (!exec) return undefined
    exec.status = 'exited'
    exec.exitCode = exitCode
    exec.endedAtMs = performance.now()
    this.#waiting.get(id)?.resolve()
    this.#waiting.delete(id)
    return exec
  }

  containerEnded(containerId: string): void {
    for (const exec of this.ofContainer(containerId)) this.ended(exec.id, 137)
  }

  #forgetOld(): void {
    const limit = performance.now() - keepEndedMs
    for (const exec of this.#execs.values()) {
      if (exec.endedAtMs !== undefined && exec.endedAtMs < limit) this.#execs.delete(exec.id)
    }
  }
}
