import { commandTable } from '../commands/command-table.ts'
import { findCommand, type FoundCommand } from './command-table.ts'
import type { CommandModule } from './command.ts'
import { checkPositional } from './check-positional.ts'
import { ExitError } from './exit-error.ts'
import { defaultConfigFolder, globalFlags, type GlobalFlagValues } from './global-flags.ts'
import type { Surroundings } from './io.ts'
import { parseFlags, type ParsedFlags } from './parse-flags.ts'
import { programVersion } from './program-version.ts'
import { reportError } from './report-error.ts'
import { UsageError } from './usage-error.ts'

const { program } = commandTable

/** Runs one command line; gives the exit status. Never rejects. */
export async function main(words: readonly string[], surroundings: Surroundings): Promise<number> {
  try {
    return await start(words, surroundings)
  } catch (error) {
    if (!(error instanceof UsageError))
      return reportError(error, { stderr: surroundings.stderr, withStack: false })
    return complain(error, {
      surroundings,
      usage: `Usage:  ${program} [OPTIONS] COMMAND [ARG...]`,
      path: program,
    })
  }
}

/** Asked by the shells' completions. */
const completing = '__complete'

async function start(words: readonly string[], surroundings: Surroundings): Promise<number> {
  const globals = globalFlags(defaultConfigFolder(surroundings.env))
  if (words[0] === completing) {
    const { complete } = await import('./complete.ts')
    surroundings.stdout.write(await complete(words.slice(1), globals))
    return 0
  }
  const { flags, positional, wantsHelp } = parseFlags(globals, words, true)
  if (flags.version) {
    surroundings.stdout.write(`Berth version ${programVersion}\n`)
    return 0
  }
  const isHelp = wantsHelp || positional.length === 0 || positional[0] === 'help'
  const found = isHelp ? undefined : findCommand(commandTable, positional)
  if (found?.kind === 'command') return runCommand(found, flags, surroundings)
  const { showHelp } = await import('./show-help.ts')
  return showHelp(wantsHelp ? [] : positional, globals, surroundings)
}

async function runCommand(
  found: FoundCommand,
  globals: GlobalFlagValues,
  surroundings: Surroundings,
): Promise<number> {
  const command = await found.entry.load()
  try {
    const { definition } = command
    const parsed = parseFlags(definition.flags, found.rest, definition.stopsAtPositional)
    if (parsed.wantsHelp) return await showHelpOf(found, command, surroundings)
    checkPositional(found.path, definition, parsed.positional.length)
    return await execute(command, parsed, { globals, surroundings })
  } catch (error) {
    return explain(error, found, { command, surroundings, isDebug: globals.debug })
  }
}

async function showHelpOf(
  found: FoundCommand,
  { definition }: CommandModule,
  { stdout }: Surroundings,
): Promise<number> {
  const { commandHelp } = await import('./help.ts')
  stdout.write(commandHelp(commandTable, found, definition))
  return 0
}

interface Execution {
  globals: GlobalFlagValues
  surroundings: Surroundings
}

async function execute(
  command: CommandModule,
  args: ParsedFlags,
  { globals, surroundings }: Execution,
): Promise<number> {
  const { openEngine } = await import('./open-engine.ts')
  const { checkFlagVersions } = await import('./check-flag-versions.ts')
  const { client, io } = await openEngine(globals, surroundings, command.definition)
  using _client = client
  await checkFlagVersions(command.definition, args.given, client)
  return (await command.run(client, args, io)) ?? 0
}

interface Failure {
  command: CommandModule
  surroundings: Surroundings
  isDebug: boolean
}

async function explain(error: unknown, { path }: FoundCommand, failure: Failure): Promise<number> {
  const { command, surroundings, isDebug } = failure
  const { failureStatus } = command.definition
  if (error instanceof UsageError) {
    const { usageLine } = await import('./help.ts')
    return complain(error, { surroundings, usage: usageLine(path, command.definition), path })
  }
  const isItsOwn = failureStatus !== undefined && !(error instanceof ExitError && error.status === 1)
  const help = isItsOwn ? { program, path, status: failureStatus } : undefined
  return reportError(error, { stderr: surroundings.stderr, withStack: isDebug, help })
}

interface Complaint {
  surroundings: Surroundings
  usage: string
  path: string
}

function complain(error: UsageError, { surroundings, usage, path }: Complaint): number {
  const step = error.suggestion === undefined ? '' : `${error.suggestion}\n`
  surroundings.stderr.write(
    `${error.message}\n\n${usage}\n\n${step}Run '${path} --help' for more information\n`,
  )
  return error.status
}
