import type { ExitEvent } from '../monitor-api.ts'
import type { JsonFileLog } from './json-file-log.ts'
import type { OutputFanOut } from './output-fan-out.ts'
import { writeProcessRecord } from './process-record.ts'
import type { ProcessRecord } from './process-record.ts'
import type { ProcessStreams } from './process-streams.ts'

/** A process that runs or has run, and what the monitor holds for it. */
export class SupervisedProcess {
  readonly directory: string
  readonly streams: ProcessStreams
  readonly log: JsonFileLog | undefined
  #record: ProcessRecord
  /** Resolves when the runtime has let go of a container that ended. */
  released: Promise<void> = Promise.resolve()
  /** Resolves when its end has been recorded and told, once it has ended. */
  settled: Promise<void> = Promise.resolve()

  constructor(
    directory: string,
    record: ProcessRecord,
    io: { streams: ProcessStreams; log: JsonFileLog | undefined },
  ) {
    this.directory = directory
    this.#record = record
    this.streams = io.streams
    this.log = io.log
  }

  get record(): ProcessRecord {
    return this.#record
  }

  get isRunning(): boolean {
    return this.#record.exit === undefined
  }

  /** Changes the record, on disk first. */
  update(change: { isPaused: boolean } | { exit: ExitEvent }): void {
    const record = { ...this.#record, ...change }
    writeProcessRecord(this.directory, record)
    this.#record = record
  }

  /** Ends the streams and the log, whole. */
  async close(): Promise<void> {
    this.streams.close()
    await this.log?.close()
  }
}

const pollMs = 10
/** Output that comes later than this after the last is not waited for: a process left behind holds the pipe. */
const quietMs = 100
/** However slowly output is taken, the end of a process is told by then. */
const maxDrainMs = 2000

/** Waits until what an ended process wrote has been taken, within limits. True when it was. */
export async function drainOutput(output: OutputFanOut, endedAt: number): Promise<boolean> {
  while (performance.now() - endedAt < maxDrainMs) {
    const isEnded = await Promise.race([output.ended.then(() => true), sleep(pollMs)])
    if (isEnded) return true
    if (Math.min(output.quietMs, performance.now() - endedAt) > quietMs) return true
  }
  return false
}

const sleep = (ms: number) => new Promise<false>((resolve) => setTimeout(resolve, ms, false))
