import { CodedError } from '@berth/stdx'
import type { FlagValue } from './flag-parser.ts'
import { flags } from './flags.ts'
import type { Settings } from './settings.ts'

/** Both sources may name runtimes: they are different ones. */
const mergedKeys: ReadonlySet<string> = new Set(['runtimes'])

/**
 * One set of settings of what the command line and the file say. A setting in both is refused, as dockerd does: nobody
 * could tell which one was meant.
 */
export function mergeSettings(values: ReadonlyMap<string, FlagValue>, file: Settings): Settings {
  const given = flags.flatMap((flag) => {
    const value = flag.isForThisRun ? undefined : values.get(flag.name)
    return value === undefined ? [] : [{ key: (flag.key ?? flag.name) as keyof Settings, value }]
  })
  const conflicts = given.filter(({ key }) => !mergedKeys.has(key) && file[key] !== undefined)
  if (conflicts.length > 0) {
    const texts = conflicts.map(
      ({ key, value }) => `${key}: (from flag: ${format(value)}, from file: ${format(file[key])})`,
    )
    throw new CodedError(
      'invalid-argument',
      `the following directives are specified both as a flag and in the configuration file: ${texts.join(', ')}`,
    )
  }
  const fromFlags = Object.fromEntries(
    given.map(({ key, value }) => [key, key === 'runtimes' ? runtimesOf(value) : value]),
  )
  return {
    ...file,
    ...fromFlags,
    runtimes: { ...file.runtimes, ...(fromFlags['runtimes'] as Settings['runtimes']) },
  }
}

function runtimesOf(value: FlagValue): NonNullable<Settings['runtimes']> {
  return Object.fromEntries(
    Object.entries(value as Record<string, string>).map(([name, path]) => [name, { path }]),
  )
}

/** As Go prints lists and maps. */
function format(value: unknown): string {
  if (Array.isArray(value)) return `[${value.join(' ')}]`
  if (typeof value !== 'object' || value === null) return String(value)
  const pairs = Object.entries(value).map(([key, entry]) => `${key}:${format(entry)}`)
  return `map[${pairs.sort().join(' ')}]`
}
