import { jsonLogLine } from './json-log-line.ts'
import { LogLineCutter } from './log-line-cutter.ts'
import type { LogPiece } from './log-line-cutter.ts'
import type { OutputChunk, OutputSink, StreamName } from './output-fan-out.ts'
import { RotatingFile } from './rotating-file.ts'
import type { RotatingFileOptions } from './rotating-file.ts'
import { timestamp } from './timestamp.ts'

/** What may wait for the disk; then it holds up the process. */
const maxQueuedBytes = 256 << 10

/** Docker's json-file log of one container. */
export class JsonFileLog implements OutputSink {
  readonly #file: RotatingFile
  readonly #streams: Record<StreamName, { cutter: LogLineCutter; time: string | undefined }> = {
    stdout: { cutter: new LogLineCutter(), time: undefined },
    stderr: { cutter: new LogLineCutter(), time: undefined },
  }
  /** Set by whoever adds the log to an output: called when it can take more. */
  onReady: () => void = () => undefined

  constructor(options: RotatingFileOptions) {
    this.#file = new RotatingFile(options)
  }

  write({ stream, data }: OutputChunk): boolean {
    this.#append(stream, this.#streams[stream].cutter.push(data))
    if (this.#file.queuedBytes < maxQueuedBytes) return true
    void this.#file.flush().then(() => this.onReady())
    return false
  }

  end(): void {
    for (const stream of ['stdout', 'stderr'] as const)
      this.#append(stream, this.#streams[stream].cutter.end())
  }

  flush(): Promise<void> {
    return this.#file.flush()
  }

  close(): Promise<void> {
    return this.#file.close()
  }

  #append(stream: StreamName, pieces: readonly LogPiece[]): void {
    const state = this.#streams[stream]
    // What was read at once has one time.
    const now = timestamp()
    for (const { line, isComplete } of pieces) {
      // The pieces of one line carry the time of its first.
      const time = (state.time ??= now)
      this.#file.append(jsonLogLine({ line, isComplete, stream, time }))
      if (isComplete) state.time = undefined
    }
  }
}
