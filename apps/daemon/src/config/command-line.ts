import { readFileSync } from 'node:fs'
import { CodedError, isCoded, messageOf, systemCode } from '@berth/stdx'
import { resolveConfig, type DaemonConfig } from './daemon-config.ts'
import { parseFlags, type ParsedFlags } from './flag-parser.ts'
import { defaults, flags } from './flags.ts'
import { formatHelp } from './help.ts'
import { mergeSettings } from './merge-settings.ts'
import { parseSettings } from './settings.ts'

/** What one start of berthd is to do: run, or say something and end. */
export type Invocation =
  | { kind: 'run'; config: DaemonConfig }
  | { kind: 'end'; exitCode: number; stdout: string; stderr: string }

const wrongUseExitCode = 125

/**
 * Reads the arguments (without node and script) and the configuration file they name. Never throws for what a person
 * wrote: a wrong flag ends with code 125, a wrong configuration with 1, each with its text.
 */
export function parseCommandLine(argv: readonly string[], options: { version: string }): Invocation {
  try {
    const parsed = parseFlags(flags, argv)
    if (parsed.values.get('help')) return end({ stdout: formatHelp() })
    if (parsed.values.get('version')) return end({ stdout: `berthd version ${options.version}\n` })
    if (parsed.positionals.length > 0)
      throw new CodedError('invalid-argument', '"berthd" accepts no argument(s).')
    return configure(parsed)
  } catch (error) {
    if (!isCoded(error, 'invalid-argument')) throw error
    return end({ stderr: `${error.message}\nSee 'berthd --help'.\n`, exitCode: wrongUseExitCode })
  }
}

function configure({ values }: ParsedFlags): Invocation {
  const asked = values.get('config-file') as string | undefined
  const path = asked ?? defaults.configFile
  let source = ''
  try {
    const file = readSettings(path, { isRequired: asked !== undefined })
    if (file !== undefined) source = ` with file ${path}`
    const { settings, ignored } = parseSettings(file ?? {})
    const config = resolveConfig(mergeSettings(values, settings), { configFile: path, ignored })
    return values.get('validate') ? end({ stdout: 'configuration OK\n' }) : { kind: 'run', config }
  } catch (error) {
    return end({ stderr: `unable to configure the daemon${source}: ${messageOf(error)}\n`, exitCode: 1 })
  }
}

function end({ exitCode = 0, stdout = '', stderr = '' }): Invocation {
  return { kind: 'end', exitCode, stdout, stderr }
}

/** The file's JSON; undefined when there is nothing in it, or no file where none was asked for. */
function readSettings(path: string, { isRequired }: { isRequired: boolean }): unknown {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    const isAbsent = systemCode(error) === 'ENOENT'
    if (isAbsent && !isRequired) return undefined
    throw isAbsent
      ? new CodedError('invalid-argument', `open ${path}: no such file or directory`, { cause: error })
      : error
  }
  const trimmed = text.replace(/^\uFEFF/, '').trim()
  return trimmed === '' ? undefined : (JSON.parse(trimmed) as unknown)
}
