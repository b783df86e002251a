import { CodedError, silentLogger } from '@berth/stdx'
import type { Logger } from '@berth/stdx'
import { probeRuntime } from './probe-runtime.ts'
import type { OciRuntime } from './probe-runtime.ts'

export interface FindRuntimesOptions {
  /** More runtimes than those on PATH: a name and a program. */
  configured?: Record<string, string>
  /** The default one; the first that works when not given. */
  defaultName?: string
  logger?: Logger
}

/** Looked for on PATH; the first that works is the default. */
const usualNames = ['runc', 'crun']

/** The OCI runtimes of this machine that work. */
export class OciRuntimes {
  readonly #runtimes: ReadonlyMap<string, OciRuntime>
  readonly #defaultName: string

  constructor(runtimes: ReadonlyMap<string, OciRuntime>, defaultName: string) {
    this.#runtimes = runtimes
    this.#defaultName = defaultName
  }

  list(): OciRuntime[] {
    return [...this.#runtimes.values()]
  }

  /** The runtime of that name, or the default one for none. Throws `invalid-argument` with Docker's words. */
  resolve(name: string | undefined): OciRuntime {
    const wanted = name || this.#defaultName
    const runtime = this.#runtimes.get(wanted)
    if (runtime === undefined) {
      throw new CodedError('invalid-argument', `unknown or invalid runtime name: ${wanted}`, {
        hint: `Known runtimes: ${[...this.#runtimes.keys()].join(', ') || 'none; install runc'}.`,
      })
    }
    return runtime
  }
}

/** Finds runtimes and tries each; one that does not work on this machine is left out, and the log says why. */
export async function findRuntimes(options: FindRuntimesOptions = {}): Promise<OciRuntimes> {
  const { configured = {}, logger = silentLogger } = options
  const candidates = new Map([
    ...usualNames.map((name): [string, string] => [name, name]),
    ...Object.entries(configured),
  ])
  const probed = await Promise.all(
    [...candidates].map(async ([name, program]) => {
      try {
        return [await probeRuntime(name, program)]
      } catch (error) {
        logger.debug('A runtime is left out', { runtime: name, error })
        return []
      }
    }),
  )
  const found = new Map(probed.flat().map((runtime) => [runtime.name, runtime]))
  return new OciRuntimes(found, options.defaultName ?? found.keys().next().value ?? 'runc')
}
