import { CodedError } from '@berth/stdx'
import type { ConfigFile } from './config-file.ts'
import { environmentName, type FlagValues } from './flags.ts'
import type { RefusedSetting } from './refused-setting.ts'

/** A place that settings are from, and what they are called there. */
interface Source {
  place: string
  nameOf: (flag: string) => string
}

/** Where each setting is from. */
export interface SettingSources {
  /** The words that name the command, if they do. */
  command: readonly string[]
  given: FlagValues
  environment: NodeJS.ProcessEnv
  config: ConfigFile
}

/** Says what was refused with the name that it has where it is from: `listen` of a file, not `--listen`. */
export function tellSource(refused: RefusedSetting, sources: SettingSources): CodedError {
  const named = [...refused.state.matchAll(flagsAndValues)].map(([, flag = '']) => flag)
  const source = named.map((flag) => findSource(flag, sources)).find((known) => known) ?? commandLine
  const nameOf = (flag: string) => (findSource(flag, sources) ?? source).nameOf(flag)
  const state = refused.state.replaceAll(flagsAndValues, (whole, flag?: string) =>
    flag === undefined ? whole : nameOf(flag),
  )
  return new CodedError('invalid-argument', `Cannot read ${source.place}: ${state}`, {
    cause: refused,
    hint: refused.hint ?? `See '${['berth-hub', ...sources.command].join(' ')} --help'.`,
  })
}

/** Values stand in quotes, and are told as they came. */
const flagsAndValues = /"(?:[^"\\]|\\.)*"|--([a-z-]+)/g

const commandLine: Source = { place: 'command line', nameOf: (flag) => `--${flag}` }
const environmentSource: Source = { place: 'environment', nameOf: environmentName }

function findSource(flag: string, { given, environment, config }: SettingSources): Source | undefined {
  if (flag in given) return commandLine
  if (environment[environmentName(flag)]) return environmentSource
  if (flag in config.flags) return { place: config.path, nameOf: (name) => name }
  return undefined
}
