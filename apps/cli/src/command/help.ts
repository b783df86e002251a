import type { CommandDefinition } from './command.ts'
import {
  pathsOf,
  topLevelCommands,
  type CommandGroup,
  type CommandTable,
  type FoundCommand,
} from './command-table.ts'
import type { Flags } from './flag.ts'
import { wrap } from './wrap.ts'

const widthMax = 80

/** Help of everything: what people start with, then groups, then the rest. */
export function programHelp(table: CommandTable, flags: Flags): string {
  const commands = topLevelCommands(table).map(({ name, entry }) => ({ ...entry, name }))
  const groups = table.groups.filter(({ name }) => name !== '').sort((a, b) => (a.name < b.name ? -1 : 1))
  return paragraphs([
    `Usage:  ${table.program} [OPTIONS] COMMAND`,
    'Runs containers: a client of the Berth engine and of any other that speaks its API',
    list(
      'Common Commands:',
      commands.filter(({ isCommon }) => isCommon),
    ),
    list('Management Commands:', groups),
    list(
      'Commands:',
      commands.filter(({ isCommon }) => !isCommon),
    ),
    `Global Options:\n${formatFlags(flags)}`,
    `Run '${table.program} COMMAND --help' for more information on a command.`,
  ])
}

export function groupHelp(path: string, group: CommandGroup): string {
  return paragraphs([
    `Usage:  ${path} COMMAND`,
    group.summary,
    list(
      'Commands:',
      group.commands.filter(({ isHidden }) => !isHidden),
    ),
    `Run '${path} COMMAND --help' for more information on a command.`,
  ])
}

export function commandHelp(table: CommandTable, found: FoundCommand, definition: CommandDefinition): string {
  const paths = pathsOf(table, found.group, found.entry)
  const flags = formatFlags(definition.flags)
  return paragraphs([
    usageLine(found.path, definition),
    found.entry.summary,
    ...(definition.details === undefined ? [] : [definition.details]),
    ...(paths.length > 1 ? [`Aliases:\n  ${paths.join(', ')}`] : []),
    ...(flags === '' ? [] : [`Options:\n${flags}`]),
  ])
}

export function usageLine(path: string, { usage }: CommandDefinition): string {
  return `Usage:  ${path} ${usage}`.trimEnd()
}

function paragraphs(parts: readonly string[]): string {
  return `${parts.join('\n\n')}\n`
}

function list(title: string, items: readonly { name: string; summary: string }[]): string {
  const width = Math.max(...items.map(({ name }) => name.length))
  return [title, ...items.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`)].join('\n')
}

function formatFlags(flags: Flags): string {
  const rows = Object.entries(flags)
    .filter(([, flag]) => !flag.isHidden)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, flag]) => {
      const short = flag.shorthand === undefined ? '    ' : `-${flag.shorthand}, `
      const shown = flag.defaultText === undefined ? '' : ` (default ${flag.defaultText})`
      return {
        left: `  ${short}--${name}${flag.kind === '' ? '' : ` ${flag.kind}`}`,
        right: flag.description + shown,
      }
    })
  const indent = Math.max(...rows.map(({ left }) => left.length)) + 3
  return rows
    .map(({ left, right }) => left.padEnd(indent) + wrap(right, Math.max(widthMax - indent, 24), indent))
    .join('\n')
}
