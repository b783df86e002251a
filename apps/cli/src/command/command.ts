import type { EngineClient } from '@berth/client'
import type { Flags, FlagValues } from './flag.ts'
import type { Io } from './io.ts'

/** What a command takes. Its name and summary are in the command table, so that help of all loads none. */
export interface CommandDefinition<F extends Flags = Flags> {
  /** After the command's name: `[OPTIONS] IMAGE [COMMAND] [ARG...]`. */
  readonly usage: string
  /** Of which help tells below the summary. */
  readonly details?: string
  /** Asks no engine, and works also where the context that is in use cannot be read. */
  readonly isOffline?: boolean
  readonly positional: { readonly min: number; readonly max: number }
  readonly flags: F
  /** True when flags after the first positional belong to someone else: `run IMAGE ls -l`. */
  readonly stopsAtPositional?: boolean
  /**
   * The exit status when it fails; 1 when absent. Then failures also name the command and point to its help, except those
   * that ask for 1 themselves.
   */
  readonly failureStatus?: number
}

export interface Arguments<D extends CommandDefinition = CommandDefinition> {
  readonly positional: readonly string[]
  readonly flags: FlagValues<D['flags']>
  /** The flags that were given, whatever their value. */
  readonly given: ReadonlySet<keyof D['flags'] & string>
}

/** What a command's file exports. The exit status is what `run` resolves with, 0 when nothing. */
export interface CommandModule {
  readonly definition: CommandDefinition
  run(client: EngineClient, args: Arguments, io: Io): Promise<number | void>
}

/** Types a definition by its flags, so that `run` gets each value with its own type. */
export function defineCommand<F extends Flags>(definition: CommandDefinition<F>): CommandDefinition<F> {
  return definition
}

export const anyNumber = Number.POSITIVE_INFINITY
