// Plain JavaScript: it has to run on whatever Node came with npm, before the pinned one can start.
import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'

/** @typedef {'apt' | 'dnf' | 'apk' | 'pacman'} ManagerName */
/** @typedef {Record<ManagerName, string>} PackageNames What each distribution calls the same package. */
/**
 * @typedef {object} PackageManager
 * @property {ManagerName} name
 * @property {string} program
 * @property {string[][]} commands Run in turn; the packages are appended to the last.
 */

/** @type {readonly PackageManager[]} */
export const packageManagers = [
  {
    name: 'apt',
    program: 'apt-get',
    commands: [
      ['apt-get', 'update', '-qq'],
      ['apt-get', 'install', '-y', '-qq', '--no-install-recommends'],
    ],
  },
  { name: 'dnf', program: 'dnf', commands: [['dnf', 'install', '-y', '--setopt=install_weak_deps=False']] },
  { name: 'apk', program: 'apk', commands: [['apk', 'add', '--no-cache']] },
  { name: 'pacman', program: 'pacman', commands: [['pacman', '-Sy', '--noconfirm', '--needed']] },
]

/** @typedef {{ purpose: string, packages: PackageNames }} Wanted What is missing, and what brings it. */

/**
 * Installs packages with the machine's own manager.
 * @param {readonly Wanted[]} wanted
 * @returns {string | undefined} why it could not, in words for the person who can; undefined when all went well
 */
export function installSystemPackages(wanted) {
  const manager = packageManagers.find(({ program }) => isOnPath(program))
  if (!manager)
    return `No apt-get, dnf, apk or pacman is here. Install these by hand, then try again:\n${wishList(wanted)}`
  const packages = wanted.map((one) => one.packages[manager.name])
  const commands = manager.commands.map((command, index, all) =>
    index === all.length - 1 ? [...command, ...packages] : command,
  )
  if (process.getuid?.() !== 0) {
    const lines = commands.map((command) => `  sudo ${command.join(' ')}`)
    return `Only root can install ${packages.join(', ')}. Run this, then try again:\n${lines.join('\n')}`
  }
  process.stderr.write(`Installing ${packages.join(', ')} (${manager.program})\n`)
  return commands.map(run).find((problem) => problem !== undefined)
}

/** @param {string[]} command */
function run(command) {
  const [program = '', ...args] = command
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  if (status === 0) return undefined
  return `"${command.join(' ')}" failed: ${error?.message ?? `exit code ${status}`}\n${stdout}${stderr}`.trimEnd()
}

/** @param {readonly Wanted[]} wanted */
function wishList(wanted) {
  return wanted
    .map(({ purpose, packages }) => `  ${purpose}: ${[...new Set(Object.values(packages))].join(' or ')}`)
    .join('\n')
}

/** @param {string} program */
function isOnPath(program) {
  return (process.env['PATH'] ?? '').split(':').some((folder) => isExecutable(join(folder, program)))
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
