import { CodedError, systemCode } from '@berth/stdx'
import { readFile, rm } from 'node:fs/promises'
import type { ChildReaper } from './child-reaper.ts'
import { describeRuntimeFailure, readRuntimeLog } from './runtime-failure.ts'

/** No runtime takes this long on a machine that works; one that hangs is ended. */
const timeoutMs = 120_000

export interface RuntimeInvocation {
  args: readonly string[]
  /** What the runtime, and the process it starts, has as stdio. Without it there is none. */
  descriptors?: readonly ('ignore' | number)[]
  /** Where the runtime writes why it failed; deleted afterwards. */
  logPath: string
  /** What the runtime said on the process's stderr. */
  readError?: () => string
}

/** An OCI runtime as a program: runc's command line, which the others share. */
export class RuntimeProgram {
  readonly #command: string
  readonly #root: string
  readonly #reaper: ChildReaper

  /** `root` is where the runtime keeps its state. */
  constructor(command: string, root: string, reaper: ChildReaper) {
    this.#command = command
    this.#root = root
    this.#reaper = reaper
  }

  /** Rejects with the runtime's reason when it fails. */
  async run({ args, descriptors, logPath, readError }: RuntimeInvocation): Promise<void> {
    const result = await this.#reaper.run(
      this.#command,
      ['--root', this.#root, '--log', logPath, '--log-format', 'json', ...args],
      {
        stdio: [...(descriptors ?? ['ignore', 'ignore', 'ignore'])],
        timeout: timeoutMs,
        killSignal: 'SIGKILL',
      },
    )
    try {
      if (result.error !== undefined) throw this.#missing(result.error)
      if (result.signal !== null)
        throw new CodedError('internal', `${this.#command} ended by ${result.signal}`)
      if (result.exitCode !== 0) throw await this.#failure(logPath, readError)
    } finally {
      await rm(logPath, { force: true })
    }
  }

  async #failure(logPath: string, readError: (() => string) | undefined): Promise<CodedError> {
    const log = await readFile(logPath, 'utf8').catch(() => '')
    return describeRuntimeFailure(readRuntimeLog(log) ?? readError?.().trim() ?? '')
  }

  #missing(error: NodeJS.ErrnoException): CodedError {
    if (systemCode(error) !== 'ENOENT') return new CodedError('internal', error.message, { cause: error })
    return new CodedError(
      'failed-precondition',
      `exec: "${this.#command}": executable file not found in $PATH`,
      {
        hint: 'Install an OCI runtime, for example runc, or name another one.',
      },
    )
  }
}
