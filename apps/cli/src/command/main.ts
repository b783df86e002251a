import type { EngineClient } from '@berth/client'
import { commandTable } from '../commands/command-table.ts'
import { engineEndpoint } from '../config/engine-endpoint.ts'
import { readConfig } from '../config/read-config.ts'
import { checkPositional } from './check-positional.ts'
import type { CommandModule } from './command.ts'
import { findCommand, type FoundCommand, type FoundGroup } from './command-table.ts'
import type { FlagValues } from './flag.ts'
import { defaultConfigFolder, globalFlags } from './global-flags.ts'
import type { Output } from './io.ts'
import { parseFlags } from './parse-flags.ts'
import { processIo } from './process-io.ts'
import { programVersion } from './program-version.ts'
import { reportError } from './report-error.ts'
import { UsageError } from './usage-error.ts'

type GlobalValues = FlagValues<ReturnType<typeof globalFlags>>

/** Runs one command line; gives the exit status. Throws nothing. */
export async function main(words: readonly string[]): Promise<number> {
  const table = globalFlags(defaultConfigFolder(process.env))
  try {
    const { flags, positional, wantsHelp } = parseFlags(table, words, true)
    if (flags.version) return print(`Berth version ${programVersion}`)
    if (positional[0] === 'help') return await showHelp(positional.slice(1))
    if (wantsHelp || positional.length === 0) return await showHelp([])
    return await dispatch(flags, positional)
  } catch (error) {
    if (!(error instanceof UsageError))
      return reportError(error, { stderr: process.stderr, withStack: false })
    return complain(error, {
      usage: `Usage:  ${commandTable.program} [OPTIONS] COMMAND [ARG...]`,
      path: commandTable.program,
    })
  }
}

async function dispatch(globals: GlobalValues, words: readonly string[]): Promise<number> {
  const found = findCommand(commandTable, words)
  if (!found) return unknownCommand(words[0] ?? '', [])
  if (found.kind === 'command') return runCommand(globals, found)
  return showGroup(found)
}

async function showGroup({ path, group, rest }: FoundGroup): Promise<number> {
  const [word] = rest
  if (word !== undefined && !word.startsWith('-')) return unknownCommand(word, [group.name])
  const { groupHelp } = await import('./help.ts')
  return print(groupHelp(path, group).trimEnd())
}

async function runCommand(globals: GlobalValues, found: FoundCommand): Promise<number> {
  const command = await found.entry.load()
  const { definition } = command
  try {
    const parsed = parseFlags(definition.flags, found.rest, definition.stopsAtPositional)
    if (parsed.wantsHelp) return await showCommandHelp(found, command)
    checkPositional(found.path, definition, parsed.positional.length)
    return await execute(globals, command, parsed)
  } catch (error) {
    return explain(error, found, { command, isDebug: globals.debug })
  }
}

async function execute(
  globals: GlobalValues,
  command: CommandModule,
  args: ReturnType<typeof parseFlags>,
): Promise<number> {
  const config = readConfig(globals.config)
  const endpoint = engineEndpoint({ ...globals, hosts: globals.host }, config, process.env)
  const headers = {
    'user-agent': `Berth-Client/${programVersion} (${process.platform})`,
    ...config.HttpHeaders,
  }
  const { openClient } = await import('@berth/client')
  using client: EngineClient = openClient({
    ...endpoint,
    headers,
    version: process.env['DOCKER_API_VERSION'] || undefined,
  })
  return (await command.run(client, args, processIo(config, endpoint))) ?? 0
}

interface Failure {
  command: CommandModule
  isDebug: boolean
}

async function explain(error: unknown, found: FoundCommand, { command, isDebug }: Failure): Promise<number> {
  const { path } = found
  const { failureStatus } = command.definition
  if (error instanceof UsageError) {
    const { usageLine } = await import('./help.ts')
    return complain(error, { usage: usageLine(path, command.definition), path })
  }
  const help =
    failureStatus === undefined ? undefined : { program: commandTable.program, path, status: failureStatus }
  return reportError(error, { stderr: process.stderr, withStack: isDebug, help })
}

function complain(error: UsageError, { usage, path }: { usage: string; path: string }): number {
  const step = error.suggestion === undefined ? '' : `${error.suggestion}\n`
  process.stderr.write(`${error.message}\n\n${usage}\n\n${step}Run '${path} --help' for more information\n`)
  return error.status
}

async function unknownCommand(word: string, group: readonly string[]): Promise<number> {
  const { unknownCommandText } = await import('./unknown-command.ts')
  process.stderr.write(unknownCommandText(commandTable, word, group[0]))
  return 1
}

async function showHelp(words: readonly string[]): Promise<number> {
  const found = words.length === 0 ? undefined : findCommand(commandTable, words)
  if (found?.kind === 'command') return showCommandHelp(found, await found.entry.load())
  if (found?.kind === 'group') return showGroup({ ...found, rest: [] })
  if (words.length > 0) return unknownCommand(words[0] ?? '', [])
  const { programHelp } = await import('./help.ts')
  return print(programHelp(commandTable, globalFlags(defaultConfigFolder(process.env))).trimEnd())
}

async function showCommandHelp(found: FoundCommand, { definition }: CommandModule): Promise<number> {
  const { commandHelp } = await import('./help.ts')
  return print(commandHelp(commandTable, found, definition).trimEnd())
}

function print(text: string, output: Output = process.stdout): number {
  output.write(`${text}\n`)
  return 0
}
