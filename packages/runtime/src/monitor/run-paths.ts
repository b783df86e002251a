import { randomBytes } from 'node:crypto'
import type { ProcessReference } from './protocol.ts'

/** Where things are in the run directory. */
export class RunPaths {
  readonly root: string

  constructor(root: string) {
    this.root = root
  }

  get containers(): string {
    return `${this.root}/containers`
  }

  get runtimeState(): string {
    return `${this.root}/runtime`
  }

  container(containerId: string): string {
    return `${this.containers}/${containerId}`
  }

  /** The directory of one process: the container's own, or one in it. */
  process({ containerId, execId }: ProcessReference): string {
    return execId === undefined ? this.container(containerId) : `${this.execs(containerId)}/${execId}`
  }

  execs(containerId: string): string {
    return `${this.container(containerId)}/exec`
  }

  /** A name of its own near the root: socket paths are short. */
  consoleSocket(): string {
    return `${this.root}/${randomBytes(6).toString('hex')}.tty`
  }
}
