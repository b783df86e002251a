import { userInfo } from 'node:os'
import { CodedError } from '@berth/stdx'
import { runProgram } from './run-program.ts'
import { type Capability, findLacking, findPackageManager } from './system-packages.ts'

export interface InstallOptions {
  searchPath: string
  print: (line: string) => void
}

/** Installs what the machine lacks of `capabilities` with its own package manager; does nothing when it lacks nothing. */
export async function installPackages(
  capabilities: readonly Capability[],
  options: InstallOptions,
): Promise<void> {
  const lacking = await findLacking(capabilities, options.searchPath)
  if (lacking.length === 0) return
  const manager = await findPackageManager(options.searchPath)
  if (!manager)
    throw new CodedError(
      'failed-precondition',
      `Cannot install packages: no apt-get, dnf, apk or pacman\n${wishList(lacking)}`,
    )
  const packages = lacking.map((capability) => capability.packages[manager.name])
  const commands = manager.commands.map((command, index, all) =>
    index === all.length - 1 ? [...command, ...packages] : command,
  )
  if (userInfo().uid !== 0) {
    const text = commands.map((command) => `  sudo ${command.join(' ')}`).join('\n')
    throw new CodedError(
      'forbidden',
      `Cannot install ${packages.join(', ')}: not root. Run this, then try again:\n${text}`,
    )
  }
  options.print(`Installing ${packages.join(', ')} (${manager.program})`)
  for (const command of commands) await runOrThrow(command, manager.env)
  await confirm(lacking, options.searchPath)
}

async function runOrThrow(command: string[], env: NodeJS.ProcessEnv | undefined): Promise<void> {
  const { exitCode, output } = await runProgram(command, { env: { ...process.env, ...env } })
  if (exitCode === 0) return
  throw new CodedError(
    'unavailable',
    `"${command.join(' ')}" failed with exit code ${exitCode}:\n${output.trimEnd()}`,
  )
}

async function confirm(wanted: readonly Capability[], searchPath: string): Promise<void> {
  const lacking = await findLacking(wanted, searchPath)
  if (lacking.length > 0)
    throw new CodedError(
      'failed-precondition',
      `The packages are installed, but something is still missing\n${wishList(lacking)}`,
    )
}

function wishList(lacking: readonly Capability[]): string {
  const lines = lacking.map(({ programs, purpose }) => `  ${programs.join(' or ')}: ${purpose}`)
  return ['Install these programs by hand, then try again:', ...lines].join('\n')
}
