import { CodedError, KeyedMutex } from '@berth/stdx'
import { mkdirSync, rmSync } from 'node:fs'
import type { ContainerState, ExecRequest, ExitEvent, ProcessState, StartRequest } from '../monitor-api.ts'
import type { ChildReaper } from './child-reaper.ts'
import { ExitNotices } from './exit-notices.ts'
import { waitForForeignProcess } from './foreign-process.ts'
import { JsonFileLog } from './json-file-log.ts'
import { Launcher } from './launcher.ts'
import type { Launched } from './launcher.ts'
import { OomKills } from './oom-kills.ts'
import type { Outcome } from './outcome.ts'
import { checkId, processKey } from './process-key.ts'
import { findStartTicks } from './process-record.ts'
import type { ProcessStreams } from './process-streams.ts'
import type { ProcessReference } from './protocol.ts'
import type { RunPaths } from './run-paths.ts'
import { recoverProcesses } from './recovery.ts'
import { StreamRegistry } from './stream-registry.ts'
import { drainOutput, SupervisedProcess } from './supervised-process.ts'
import { timestamp } from './timestamp.ts'

export interface SupervisorOptions {
  paths: RunPaths
  reaper: ChildReaper
  /** What nobody asked for and somebody should know. */
  report: (message: string) => void
}

/** All containers of one run directory: starts them, knows their state, tells of their end. */
export class Supervisor {
  readonly exits = new ExitNotices()
  readonly #options: SupervisorOptions
  readonly #launcher: Launcher
  readonly #processes = new Map<string, SupervisedProcess>()
  readonly #streams = new StreamRegistry()
  readonly #mutex = new KeyedMutex()
  readonly #oomKills = new OomKills()

  constructor(options: SupervisorOptions) {
    this.#options = options
    this.#launcher = new Launcher(options.paths, options.reaper)
    mkdirSync(options.paths.containers, { recursive: true, mode: 0o700 })
  }

  get isIdle(): boolean {
    return this.#processes.size === 0
  }

  get isRunningAny(): boolean {
    return this.#processes.values().some((process) => process.isRunning)
  }

  /** Takes over what another monitor has left. Call it once, before anything else. */
  async recover(): Promise<void> {
    for (const found of await recoverProcesses(this.#options.paths, this.#launcher)) {
      const process = this.#add(found)
      const { exit } = process.record
      if (exit === undefined) {
        this.#watchForeign(process)
      } else {
        this.exits.tell(exit)
        if (exit.execId !== undefined) await this.#forgetExec(process, true)
      }
    }
  }

  list(): ContainerState[] {
    return this.#processes
      .values()
      .filter(({ record }) => record.execId === undefined)
      .map(({ record: { containerId, pid, startedAt, isPaused, exit } }) => ({
        containerId,
        pid,
        startedAt,
        status:
          exit !== undefined ? ('exited' as const) : isPaused ? ('paused' as const) : ('running' as const),
        ...(exit === undefined ? {} : { exit }),
      }))
      .toArray()
  }

  async start(request: StartRequest): Promise<ProcessState> {
    checkId(request.containerId)
    return this.#mutex.run(request.containerId, async () => {
      if (this.#processes.has(request.containerId)) {
        throw new CodedError(
          'conflict',
          `Cannot start container "${request.containerId}": it was started already`,
        )
      }
      return this.#launch(request, (supervise) => this.#launcher.start(request, supervise))
    })
  }

  async exec(request: ExecRequest): Promise<ProcessState> {
    checkId(request.execId)
    this.#running({ containerId: request.containerId })
    if (this.#processes.has(processKey(request))) {
      throw new CodedError('conflict', `Cannot start exec "${request.execId}": it was started already`)
    }
    return this.#launch(request, (supervise) => this.#launcher.exec(request, supervise))
  }

  async signal(reference: ProcessReference & { signal: number; all?: boolean | undefined }): Promise<void> {
    const { record, directory } = this.#running(reference)
    const { signal, all } = reference
    if (!Number.isInteger(signal) || signal < 0 || signal > 64) {
      throw new CodedError('invalid-argument', `Cannot send signal ${signal}: there is none of that number`)
    }
    if (all === true) {
      const args = ['kill', '--all', record.containerId, String(signal)]
      return this.#launcher.runtime(record.runtime).run({ args, logPath: `${directory}/kill.log` })
    }
    // A child's pid is not given to another before it was waited for; a foreign process is checked.
    if (findStartTicks(record.pid) !== record.startTicks) throw notRunning(reference)
    process.kill(record.pid, signal)
  }

  async pause(reference: ProcessReference): Promise<void> {
    await this.#freeze(reference, 'pause')
  }

  async resume(reference: ProcessReference): Promise<void> {
    await this.#freeze(reference, 'resume')
  }

  resize(reference: ProcessReference & { rows: number; columns: number }): void {
    const { streams } = this.#running(reference)
    if (!streams.resize(reference)) {
      throw new CodedError(
        'failed-precondition',
        `Cannot resize ${processKey(reference)}: it has no terminal`,
      )
    }
  }

  /** The streams to attach to; undefined when the process has ended. */
  findStreams(reference: ProcessReference): ProcessStreams | undefined {
    checkId(reference.containerId)
    if (reference.execId !== undefined) checkId(reference.execId)
    const key = processKey(reference)
    if (this.exits.hasEnded(reference)) return undefined
    return this.#processes.get(key)?.streams ?? this.#streams.await(key)
  }

  async delete({ containerId }: ProcessReference): Promise<void> {
    checkId(containerId)
    await this.#mutex.run(containerId, async () => {
      const process = this.#processes.get(containerId)
      if (process?.isRunning === true) {
        throw new CodedError('failed-precondition', `Cannot delete container "${containerId}": it is running`)
      }
      await process?.released
      await Promise.all(this.#execsOf(containerId).map((exec) => exec.settled))
      await process?.close()
      rmSync(this.#options.paths.container(containerId), { recursive: true, force: true })
      this.#processes.delete(containerId)
      this.exits.forget(containerId)
    })
  }

  async #launch(
    request: StartRequest | ExecRequest,
    start: (supervise: (launched: Launched) => void) => Promise<void>,
  ): Promise<ProcessState> {
    let state: ProcessState | undefined
    try {
      await start((launched) => {
        state = launched.record
        this.#supervise(launched)
      })
    } catch (error) {
      this.#streams.take(processKey(request)).close()
      throw error
    }
    if (state === undefined)
      throw new CodedError('internal', `Cannot start ${processKey(request)}: nothing was started`)
    return { pid: state.pid, startedAt: state.startedAt }
  }

  #supervise(launched: Launched): void {
    const process = this.#add({ ...launched, directory: this.#options.paths.process(launched.record) })
    process.update({ isPaused: false })
    this.#options.reaper.wait(launched.record.pid, ({ exitCode }) => this.#end(process, { exitCode }))
  }

  #add({ record, stdio, directory }: Launched & { directory: string }): SupervisedProcess {
    const streams = this.#streams.take(processKey(record))
    const log = this.#openLog(record.log)
    if (log !== undefined) log.onReady = streams.output.add(log)
    const process = new SupervisedProcess(directory, record, { streams, log })
    this.#processes.set(processKey(record), process)
    streams.open(stdio, record.stdio)
    return process
  }

  #openLog(options: StartRequest['log'] | undefined): JsonFileLog | undefined {
    if (options === undefined || options.driver === 'none') return undefined
    return new JsonFileLog({ ...options, onError: this.#options.report })
  }

  #watchForeign(process: SupervisedProcess): void {
    const { pid, startTicks } = process.record
    const foreign = { pid, startTicks, output: process.streams.output }
    void waitForForeignProcess(foreign).then((outcome) => this.#end(process, outcome))
  }

  /** Called once, when a process has ended. */
  #end(process: SupervisedProcess, outcome: Outcome): void {
    process.settled = this.#settle(process, outcome).catch((error: unknown) => {
      this.#options.report(`Cannot record the end of ${processKey(process.record)}: ${String(error)}`)
    })
  }

  async #settle(process: SupervisedProcess, outcome: Outcome): Promise<void> {
    const { containerId, execId, cgroupsPath } = process.record
    const endedAt = performance.now()
    const finishedAt = timestamp()
    const isOomKilled = cgroupsPath !== undefined && this.#oomKills.count(cgroupsPath) > 0
    if (execId === undefined) process.released = this.#release(process)
    const isDrained = await drainOutput(process.streams.output, endedAt)
    await process.log?.flush()
    const exit: ExitEvent = {
      containerId,
      ...(execId === undefined ? {} : { execId }),
      ...outcome,
      isOomKilled,
      finishedAt,
    }
    process.update({ exit })
    this.exits.tell(exit)
    if (execId !== undefined) await this.#forgetExec(process, isDrained)
  }

  async #release(process: SupervisedProcess): Promise<void> {
    const { record, directory } = process
    try {
      await this.#launcher.release(record, directory)
    } catch (error) {
      this.#options.report(`Cannot release container ${record.containerId}: ${String(error)}`)
    }
  }

  /** What an exec wrote is given to its clients however slow they are; then nothing is left of it. */
  async #forgetExec(process: SupervisedProcess, isDrained: boolean): Promise<void> {
    const { output } = process.streams
    for (let isDone = isDrained; !isDone;) isDone = await drainOutput(output, performance.now())
    await process.close()
    rmSync(process.directory, { recursive: true, force: true })
    this.#processes.delete(processKey(process.record))
  }

  async #freeze(reference: ProcessReference, verb: 'pause' | 'resume'): Promise<void> {
    await this.#mutex.run(reference.containerId, async () => {
      const process = this.#running({ containerId: reference.containerId })
      const { runtime, containerId } = process.record
      const logPath = `${process.directory}/${verb}.log`
      await this.#launcher.runtime(runtime).run({ args: [verb, containerId], logPath })
      process.update({ isPaused: verb === 'pause' })
    })
  }

  #execsOf(containerId: string): SupervisedProcess[] {
    return this.#processes
      .values()
      .filter(({ record }) => record.containerId === containerId && record.execId !== undefined)
      .toArray()
  }

  #running(reference: ProcessReference): SupervisedProcess {
    const process = this.#processes.get(processKey(reference))
    if (process?.isRunning !== true) throw notRunning(reference)
    return process
  }
}

function notRunning(reference: ProcessReference): CodedError {
  return new CodedError('failed-precondition', `Container ${processKey(reference)} is not running`)
}
