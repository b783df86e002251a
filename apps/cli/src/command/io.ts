import type { Readable, Writable } from 'node:stream'
import type { CliConfig } from '../config/cli-config.ts'

export type Input = Readable & { isTTY?: boolean; setRawMode?: (isRaw: boolean) => unknown }
export type Output = Writable & { isTTY?: boolean; columns?: number; rows?: number }

/** Everything a command may touch of the process it runs in. */
export interface Io {
  readonly stdin: Input
  readonly stdout: Output
  readonly stderr: Output
  readonly env: Readonly<Record<string, string | undefined>>
  readonly config: CliConfig
  /** The working directory. */
  readonly folder: string
  /** The address of the engine, as it was resolved. */
  readonly host: string
  readonly contextName: string
  /** Milliseconds since the epoch. */
  now(): number
  /** Calls `listener` for `signal` until disposed; the default action is off meanwhile. */
  onSignal(signal: NodeJS.Signals, listener: () => void): Disposable
}
