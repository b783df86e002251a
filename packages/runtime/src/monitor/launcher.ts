import type { ProcessSpec } from '@berth/oci'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { ExecRequest, StartRequest, StdioOptions } from '../monitor-api.ts'
import type { ChildReaper } from './child-reaper.ts'
import { findStartTicks } from './process-record.ts'
import type { ProcessRecord } from './process-record.ts'
import type { RunPaths } from './run-paths.ts'
import { execFailure, startFailure } from './runtime-failure.ts'
import { RuntimeProgram } from './runtime-program.ts'
import { prepareFifos, prepareTerminal } from './stdio.ts'
import type { OpenStdio, PreparedStdio } from './stdio.ts'
import { timestamp } from './timestamp.ts'

/** A process that was started and is about to be supervised. */
export interface Launched {
  record: ProcessRecord
  stdio: OpenStdio
}

/** Says who has to undo a start that was cut short. */
export const runtimeFileName = 'runtime'

/** Starts processes through the OCI runtime. A start that fails leaves nothing. */
export class Launcher {
  readonly #paths: RunPaths
  readonly #reaper: ChildReaper

  constructor(paths: RunPaths, reaper: ChildReaper) {
    this.#paths = paths
    this.#reaper = reaper
  }

  runtime(command: string): RuntimeProgram {
    return new RuntimeProgram(command, this.#paths.runtimeState, this.#reaper)
  }

  /**
   * Runs the container's first process in `directory`, which is its bundle. `supervise` is called as soon as it runs,
   * while its end, should it have come already, is still kept.
   */
  async start(request: StartRequest, supervise: (launched: Launched) => void): Promise<void> {
    const { containerId, spec, stdio, log } = request
    const directory = this.#paths.container(containerId)
    const process = withConsoleSize(spec.process, stdio)
    try {
      mkdirSync(directory, { mode: 0o700 })
      writeFileSync(`${directory}/${runtimeFileName}`, request.runtime, { mode: 0o600 })
      writeFileSync(`${directory}/config.json`, JSON.stringify({ ...spec, process }), { mode: 0o600 })
      const { cgroupsPath } = spec.linux
      await this.#launch(
        { directory, request, isTerminal: process.terminal },
        ['run', '--detach', '--bundle', directory, containerId],
        (launched) => supervise({ ...launched, record: { ...launched.record, log, cgroupsPath } }),
      )
    } catch (error) {
      await this.release(request, directory).catch(() => undefined)
      rmSync(directory, { recursive: true, force: true })
      throw startFailure(error)
    }
  }

  /** Runs another process in a container. */
  async exec(request: ExecRequest, supervise: (launched: Launched) => void): Promise<void> {
    const { containerId, execId, stdio } = request
    const directory = this.#paths.process(request)
    const process = withConsoleSize(request.process, stdio)
    try {
      mkdirSync(directory, { mode: 0o700, recursive: true })
      writeFileSync(`${directory}/process.json`, JSON.stringify(process), { mode: 0o600 })
      await this.#launch(
        { directory, request, isTerminal: process.terminal },
        ['exec', '--detach', '--process', `${directory}/process.json`, containerId],
        (launched) => supervise({ ...launched, record: { ...launched.record, execId } }),
      )
    } catch (error) {
      rmSync(directory, { recursive: true, force: true })
      throw execFailure(error)
    }
  }

  /** Deletes what the runtime keeps of a container, and its cgroup. */
  async release(
    { containerId, runtime }: { containerId: string; runtime: string },
    directory: string,
  ): Promise<void> {
    await this.runtime(runtime).run({
      args: ['delete', '--force', containerId],
      logPath: `${directory}/delete.log`,
    })
  }

  async #launch(
    { directory, request, isTerminal }: Launch,
    [verb = '', ...args]: readonly string[],
    supervise: (launched: Launched) => void,
  ): Promise<void> {
    using stdio = this.#prepare(directory, isTerminal, request.stdio)
    const { consoleSocket } = stdio
    const pidFile = `${directory}/pid`
    const console = consoleSocket === undefined ? [] : ['--console-socket', consoleSocket]
    const { containerId, runtime } = request
    await this.#reaper.expectChild(async () => {
      await this.runtime(runtime).run({
        args: [verb, '--pid-file', pidFile, ...console, ...args],
        descriptors: stdio.descriptors,
        logPath: `${directory}/runtime.log`,
        readError: () => stdio.readError(),
      })
      const pid = Number(readFileSync(pidFile, 'latin1'))
      const startTicks = findStartTicks(pid) ?? ''
      const record = {
        containerId,
        runtime,
        pid,
        startTicks,
        startedAt: timestamp(),
        isPaused: false,
        isTerminal,
      }
      supervise({ record: { ...record, stdio: request.stdio }, stdio: stdio.open() })
    })
  }

  #prepare(directory: string, isTerminal: boolean, { openStdin }: StdioOptions): PreparedStdio {
    return isTerminal ? prepareTerminal(this.#paths.consoleSocket()) : prepareFifos(directory, openStdin)
  }
}

interface Launch {
  directory: string
  request: StartRequest | ExecRequest
  isTerminal: boolean
}

/** The runtime sets the size before the program can ask for it. */
function withConsoleSize(process: ProcessSpec, { consoleSize }: StdioOptions): ProcessSpec {
  if (!process.terminal || consoleSize === undefined) return process
  return { ...process, consoleSize: { height: consoleSize.rows, width: consoleSize.columns } }
}
