// Runs a script of this repository with the pinned Node: `bootstrap.mjs <script> [argument…]`. This file and what it
// imports have to work on whatever Node came with npm.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { installSystemPackages } from './package-managers.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const pinnedNode = join(root, 'node_modules', `node-linux-${process.arch}`, 'bin', 'node')

/** The one shared library of the pinned Node that a minimal system lacks. */
const libatomic = {
  purpose: 'libatomic.so.1, which Node needs',
  packages: { apt: 'libatomic1', dnf: 'libatomic', apk: 'libatomic', pacman: 'gcc-libs' },
}

if (!areDependenciesCurrent()) installDependencies()
run(findNode(), process.argv.slice(2))

/** npm writes the hidden lock file last, so it is there and new only after a whole installation. */
function areDependenciesCurrent() {
  const installed = join(root, 'node_modules', '.package-lock.json')
  return (
    existsSync(installed) && statSync(installed).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs
  )
}

/** No package needs its install script: native parts come as prebuilt packages. */
function installDependencies() {
  process.stderr.write('Installing npm packages (npm ci)\n')
  const options = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  const { status, error } = spawnSync('npm', options, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
  if (status !== 0) fail(`npm ci failed: ${error ? error.message : `exit code ${status}`}`)
}

/** The pinned Node, or the running one where the pinned binary cannot run (musl) and this one is as new. */
function findNode() {
  const problem = tryPinnedNode()
  if (problem === undefined) return pinnedNode
  if (Number(process.versions.node.split('.')[0]) >= 26) return process.execPath
  if (problem.includes('libatomic')) {
    const trouble = installSystemPackages([libatomic]) ?? tryPinnedNode()
    return trouble === undefined ? pinnedNode : fail(trouble)
  }
  return fail(
    `Node 26 does not run here (${process.platform} ${process.arch}): install Node 26 or newer and try again\n${problem}`,
  )
}

/** @returns {string | undefined} what it says when it does not run */
function tryPinnedNode() {
  const { status, stderr, error } = spawnSync(pinnedNode, ['--version'], { encoding: 'utf8' })
  return status === 0 ? undefined : (error?.message ?? stderr)
}

/**
 * @param {string} node
 * @param {string[]} command
 */
function run(node, [script = '', ...args]) {
  const path = `${dirname(node)}:${process.env['PATH'] ?? '/usr/sbin:/usr/bin:/sbin:/bin'}`
  const env = { ...process.env, PATH: path }
  const child = spawn(node, [join(root, script), ...args], { cwd: root, stdio: 'inherit', env })
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
    process.on(signal, () => child.kill(signal))
  child.on('error', (error) => fail(error.message))
  child.on('exit', (code) => process.exit(code ?? 1))
}

/**
 * @param {string} message
 * @returns {never}
 */
function fail(message) {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}
