import { commandTable } from '../commands/command-table.ts'
import { findCommand, topLevelCommands, type CommandEntry } from './command-table.ts'
import type { Flags } from './flag.ts'

interface Candidate {
  name: string
  summary: string
}

/** What can stand where the last of `words` is: commands, or flags of the command before it. `name<tab>summary` lines. */
export async function complete(words: readonly string[], globals: Flags): Promise<string> {
  const last = words.at(-1) ?? ''
  const before = withoutGlobals(words.slice(0, -1), globals)
  const candidates = await candidatesAfter(before, { isFlag: last.startsWith('-'), globals })
  return candidates
    .filter(({ name }) => name.startsWith(last))
    .map(({ name, summary }) => `${name}\t${summary}\n`)
    .join('')
}

interface Place {
  isFlag: boolean
  globals: Flags
}

async function candidatesAfter(words: readonly string[], { isFlag, globals }: Place): Promise<Candidate[]> {
  if (words.length === 0) return isFlag ? flagsOf(globals) : everyFirstWord()
  const found = findCommand(commandTable, words)
  if (found?.kind === 'group')
    return found.rest.length === 0 && !isFlag
      ? found.group.commands.filter(({ isHidden }) => !isHidden).map(candidateOf)
      : []
  if (!found || !isFlag) return []
  const { definition } = await found.entry.load()
  return flagsOf(definition.flags)
}

/** The words without flags before the command, and their values. */
function withoutGlobals(words: readonly string[], globals: Flags): readonly string[] {
  const [first, ...rest] = words
  if (first === undefined || !first.startsWith('-')) return words
  const flag = Object.entries(globals).find(
    ([name, { shorthand }]) => first === `--${name}` || first === `-${shorthand}`,
  )?.[1]
  return withoutGlobals(flag && !flag.isSwitch ? rest.slice(1) : rest, globals)
}

function everyFirstWord(): Candidate[] {
  const groups = commandTable.groups
    .filter(({ name }) => name !== '')
    .map(({ name, summary }) => ({ name, summary }))
  const commands = topLevelCommands(commandTable).map(({ name, entry: { summary } }) => ({ name, summary }))
  return [...commands, ...groups].sort((a, b) => (a.name < b.name ? -1 : 1))
}

function candidateOf({ name, summary }: CommandEntry): Candidate {
  return { name, summary }
}

function flagsOf(flags: Flags): Candidate[] {
  return Object.entries(flags)
    .filter(([, { isHidden }]) => !isHidden)
    .map(([name, { description }]) => ({ name: `--${name}`, summary: description.split('\n', 1)[0] ?? '' }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}
