import type { Readable, Writable } from 'node:stream'
import type { CliConfig } from '../config/cli-config.ts'

export type Input = Readable & { isTTY?: boolean; setRawMode?: (isRaw: boolean) => unknown }
export type Output = Writable & { isTTY?: boolean; columns?: number; rows?: number }

/** The process that a command line runs in: all that may be touched of it. */
export interface Surroundings {
  readonly stdin: Input
  readonly stdout: Output
  readonly stderr: Output
  readonly env: Readonly<Record<string, string | undefined>>
  /** The working directory. */
  readonly folder: string
  /** Milliseconds since the epoch. */
  now(): number
  /** Calls `listener` for `signal` until disposed; the default action is off meanwhile. */
  onSignal(signal: NodeJS.Signals, listener: () => void): Disposable
}

/** What a command gets: its surroundings, and what the global flags and config.json made of them. */
export interface Io extends Surroundings {
  readonly config: CliConfig
  /** The address of the engine, as it was resolved. */
  readonly host: string
  readonly contextName: string
}
