import { serveFlags, type FlagValues } from './flags.ts'
import { RefusedSetting } from './refused-setting.ts'

const commandNames = ['serve', 'mirror', 'seed', 'gc', 'admin', 'config'] as const
export type CommandName = (typeof commandNames)[number]

type FlagName = keyof FlagValues

const storeFlags: readonly FlagName[] = ['data', 'database', 'storage', 'config']
const servingFlags = [...(Object.keys(serveFlags) as FlagName[]), 'config', 'validate'] as const

const commandFlags: Readonly<Record<Exclude<CommandName, 'admin'>, readonly FlagName[]>> = {
  serve: servingFlags,
  mirror: servingFlags,
  seed: [...storeFlags, 'name'],
  gc: [...storeFlags, 'dry-run', 'grace', 'policies'],
  config: [],
}

/** What actions of `admin` take besides the place of the hub. */
const adminFlags: Readonly<Record<string, readonly FlagName[]>> = {
  create: ['name', 'email', 'password-stdin'],
  password: ['password-stdin'],
}

/** Throws `invalid-argument` for a name that no command has. */
export function parseCommandName(text: string): CommandName {
  const name = commandNames.find((known) => known === text)
  if (name === undefined)
    throw new RefusedSetting(`unknown command ${JSON.stringify(text)}`, { hint: "See 'berth-hub --help'." })
  return name
}

/** A flag of another command would be passed over, so it is refused; `action` is that of `admin`. */
export function expectFlags(name: CommandName, given: FlagValues, action = ''): void {
  const taken = name === 'admin' ? [...storeFlags, ...(adminFlags[action] ?? [])] : commandFlags[name]
  const stray = (Object.keys(given) as FlagName[]).find((flag) => !taken.includes(flag))
  if (stray === undefined) return
  throw new RefusedSetting(`${[name, action].join(' ').trim()} does not take --${stray}`)
}
