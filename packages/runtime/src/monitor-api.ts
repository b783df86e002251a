import type { ProcessSpec, RuntimeSpec } from '@berth/oci'

/**
 * What the engine asks of the one monitor that supervises all its containers. The monitor is a program of its own in its
 * own session; it outlives the engine. The engine connects, learns the state of every container, and is told of changes.
 *
 * A container has a directory `<run root>/containers/<id>` (0700): the OCI bundle, `state.json` and stdio FIFOs. State is
 * on disk before it is acknowledged.
 */
export interface Monitor extends AsyncDisposable {
  /** Every container whose directory exists: created, running, or exited and not deleted yet. */
  list(): Promise<ContainerState[]>
  /** Starts the container's first process; resolves when it runs. Rejects with the runtime's reason, Docker's words kept. */
  start(request: StartRequest): Promise<ProcessState>
  /** Runs another process in a running container. */
  exec(request: ExecRequest): Promise<ProcessState>
  /** Sends a signal to the first process, or to an exec. Throws `failed-precondition` when it does not run. */
  signal(containerId: string, signal: number, options?: { execId?: string; all?: boolean }): Promise<void>
  pause(containerId: string): Promise<void>
  resume(containerId: string): Promise<void>
  resize(
    containerId: string,
    size: { rows: number; columns: number },
    options?: { execId?: string },
  ): Promise<void>
  /**
   * Connects to the streams of a process, before or after it starts. Output arrives as frames of Docker's raw stream
   * (8-byte header: stream, 0, 0, 0, length big-endian), or as raw bytes for a terminal; it ends when the process has
   * ended and everything was delivered. Writes are its standard input, `end()` is EOF.
   */
  attach(containerId: string, options: AttachOptions): Promise<AttachStream>
  /** Deletes what is left of a stopped container: runtime state, cgroup, directory. Idempotent. */
  delete(containerId: string): Promise<void>
  /** Called for every exit, also those that happened while no engine was connected, until acknowledged by `delete`. */
  onExit(listener: (event: ExitEvent) => void): void
  /** Ends the monitor program; refused with `failed-precondition` while containers run. */
  shutdown(): Promise<void>
  /** Resolves when the connection is lost. */
  readonly closed: Promise<void>
}

export interface StartRequest {
  containerId: string
  /** Name or path of an OCI runtime. */
  runtime: string
  spec: RuntimeSpec
  stdio: StdioOptions
  log: LogOptions
}

export interface StdioOptions {
  /** Keep standard input open for attached clients; otherwise it is /dev/null. */
  openStdin: boolean
  /** Close standard input when the first attached client leaves. */
  stdinOnce: boolean
  consoleSize?: { rows: number; columns: number }
}

export interface LogOptions {
  driver: 'json-file' | 'none'
  path: string
  /** Bytes of one file, and how many are kept. */
  maxSizeBytes: number
  maxFiles: number
}

export interface ExecRequest {
  containerId: string
  execId: string
  runtime: string
  process: ProcessSpec
  stdio: StdioOptions
}

export interface AttachOptions {
  execId?: string
  stdin: boolean
  stdout: boolean
  stderr: boolean
}

/** Output to read, input to write. Disposing leaves without ending the process's input unless `stdinOnce` says so. */
export interface AttachStream extends AsyncDisposable {
  readonly output: AsyncIterable<Uint8Array>
  write(chunk: Uint8Array): Promise<void>
  endInput(): void
}

export interface ProcessState {
  pid: number
  /** RFC 3339 with nanoseconds. */
  startedAt: string
}

export interface ContainerState extends Partial<ProcessState> {
  containerId: string
  status: 'running' | 'paused' | 'exited'
  exit?: ExitEvent
}

export interface ExitEvent {
  containerId: string
  /** Undefined for the container's first process. */
  execId?: string
  /** The code, or 128 + signal; 255 when it could not be learnt (`isUnknown`). */
  exitCode: number
  isUnknown?: boolean
  isOomKilled: boolean
  finishedAt: string
}
