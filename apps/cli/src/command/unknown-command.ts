import { topLevelCommands, type CommandTable } from './command-table.ts'
import { nearest } from './nearest.ts'

/** Docker's words for a command that is not there, and the nearest one that is. */
export function unknownCommandText(table: CommandTable, word: string, groupName?: string): string {
  const path = groupName === undefined ? table.program : `${table.program} ${groupName}`
  const close = nearest(word, candidates(table, groupName))
  return [
    `${table.program}: unknown command: ${path} ${word}`,
    '',
    ...(close === undefined ? [] : [`Did you mean '${path} ${close}'?`]),
    `Run '${path} --help' for more information`,
    '',
  ].join('\n')
}

function candidates(table: CommandTable, groupName: string | undefined): string[] {
  const group = table.groups.find(({ name }) => name === groupName)
  if (group) return group.commands.flatMap(({ name, aliases = [] }) => [name, ...aliases])
  return [...topLevelCommands(table).map(({ name }) => name), ...table.groups.map(({ name }) => name)]
}
