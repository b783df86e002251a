import type { CommandModule } from './command.ts'

export interface CommandEntry {
  readonly name: string
  readonly aliases?: readonly string[]
  readonly summary: string
  /** Its name without the group, where it has one. */
  readonly topLevel?: string
  /** For other programs: neither help nor completion shows it. */
  readonly isHidden?: boolean
  /** Among the first that help shows. */
  readonly isCommon?: boolean
  load(): Promise<CommandModule>
}

export interface CommandGroup {
  readonly name: string
  readonly summary: string
  readonly commands: readonly CommandEntry[]
}

/** A command that was named, with the words that named it. */
export interface FoundCommand {
  kind: 'command'
  path: string
  entry: CommandEntry
  group: CommandGroup
  rest: readonly string[]
}

export interface FoundGroup {
  kind: 'group'
  path: string
  group: CommandGroup
  rest: readonly string[]
}

export interface CommandTable {
  readonly groups: readonly CommandGroup[]
  /** The program's own name, which begins every path. */
  readonly program: string
}

/** The command or group that `words` begin with; undefined when their first word names none. */
export function findCommand(
  table: CommandTable,
  words: readonly string[],
): FoundCommand | FoundGroup | undefined {
  const [first = '', second, ...others] = words
  const group = first === '' ? undefined : table.groups.find(({ name }) => name === first)
  if (!group) return findTopLevel(table, words)
  const entry = group.commands.find(
    ({ name, aliases }) => second !== undefined && [name, ...(aliases ?? [])].includes(second),
  )
  if (!entry) return { kind: 'group', path: `${table.program} ${first}`, group, rest: words.slice(1) }
  return { kind: 'command', path: `${table.program} ${first} ${second}`, entry, group, rest: others }
}

function findTopLevel(table: CommandTable, words: readonly string[]): FoundCommand | undefined {
  const [first, ...rest] = words
  for (const group of table.groups) {
    const entry = group.commands.find(({ topLevel }) => topLevel === first)
    if (entry) return { kind: 'command', path: `${table.program} ${first}`, entry, group, rest }
  }
  return undefined
}

/** All the paths of one command, group form first. */
export function pathsOf(table: CommandTable, group: CommandGroup, entry: CommandEntry): string[] {
  const names =
    group.name === '' ? [] : [entry.name, ...(entry.aliases ?? [])].map((name) => `${group.name} ${name}`)
  if (entry.topLevel !== undefined) names.push(entry.topLevel)
  return names.map((name) => `${table.program} ${name}`)
}

/** Every command that needs no group, by the name it has there. */
export function topLevelCommands(table: CommandTable): { name: string; entry: CommandEntry }[] {
  return table.groups
    .flatMap(({ commands }) => commands)
    .flatMap((entry) => (entry.topLevel === undefined ? [] : [{ name: entry.topLevel, entry }]))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}
