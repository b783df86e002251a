import type { ErrorCode } from '@berth/stdx'
import type {
  AttachOptions,
  ContainerState,
  ExecRequest,
  ExitEvent,
  ProcessState,
  StartRequest,
} from '../monitor-api.ts'

/**
 * The monitor's socket. A connection begins with one JSON line, a `Hello`, and is answered by one JSON line, a
 * `Welcome`; what follows depends on its kind.
 *
 * `control`: JSON lines both ways. The client sends `Call`s, the monitor `Reply`s with the call's id, in any order, and
 * `Notice`s. Exits that no client was told of yet follow the welcome.
 *
 * `attach`: from the monitor the process's output as it is in Docker's raw stream; its end is the end of the output.
 * From the client blocks of a four-byte big-endian length and so many bytes of input; the length 0 ends the input,
 * which closing the connection does not.
 */
export const protocolVersion = 1

export type Hello =
  | { version: number; connect: 'control' }
  | { version: number; connect: 'attach'; containerId: string; options: AttachOptions }

export type Welcome = { ok: true } | { error: WireError }

export interface WireError {
  code: ErrorCode
  message: string
  hint?: string | undefined
}

export interface ProcessReference {
  containerId: string
  execId?: string | undefined
}

/** What a control connection can call: parameters and result of each method. */
export interface MonitorMethods {
  list: [params: Record<string, never>, result: ContainerState[]]
  start: [params: StartRequest, result: ProcessState]
  exec: [params: ExecRequest, result: ProcessState]
  signal: [params: ProcessReference & { signal: number; all?: boolean | undefined }, result: null]
  pause: [params: ProcessReference, result: null]
  resume: [params: ProcessReference, result: null]
  resize: [params: ProcessReference & { rows: number; columns: number }, result: null]
  delete: [params: ProcessReference, result: null]
  shutdown: [params: Record<string, never>, result: null]
}

export type MethodName = keyof MonitorMethods
export type MethodParams<M extends MethodName> = MonitorMethods[M][0]
export type MethodResult<M extends MethodName> = MonitorMethods[M][1]

export interface Call<M extends MethodName = MethodName> {
  id: number
  method: M
  params: MethodParams<M>
}

export type Reply = { id: number; result: unknown } | { id: number; error: WireError }
export type Notice = { exit: ExitEvent }

/** A start request carries a whole runtime spec with its seccomp profile; none comes near this. */
export const maxLineBytes = 8 << 20

/** The socket's name in the run directory. */
export const socketName = 'monitor.sock'
export const lockName = 'monitor.lock'
export const logName = 'monitor.log'
