import { commandTable } from '../commands/command-table.ts'
import { findCommand } from './command-table.ts'
import type { Flags } from './flag.ts'
import { commandHelp, groupHelp, programHelp } from './help.ts'
import type { Surroundings } from './io.ts'
import { unknownCommandText } from './unknown-command.ts'

/** Help of what `words` name, with or without `help` before them; an unknown command is told on stderr. */
export async function showHelp(
  words: readonly string[],
  globals: Flags,
  { stdout, stderr }: Surroundings,
): Promise<number> {
  const named = words[0] === 'help' ? words.slice(1) : words
  const found = findCommand(commandTable, named)
  if (named.length === 0) stdout.write(programHelp(commandTable, globals))
  else if (found?.kind === 'command')
    stdout.write(commandHelp(commandTable, found, (await found.entry.load()).definition))
  else {
    const [word] = found ? found.rest : named
    if (word !== undefined && !word.startsWith('-')) {
      stderr.write(unknownCommandText(commandTable, word, found?.group.name))
      return 1
    }
    if (found) stdout.write(groupHelp(found.path, found.group))
  }
  return 0
}
