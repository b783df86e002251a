// Runs a script of this repository with the pinned Node: `bootstrap.mjs <script> [argument…]`. This file alone has to work on whatever Node came with npm.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const pinnedNode = join(root, 'node_modules', `node-linux-${process.arch}`, 'bin', 'node')

if (!areDependenciesCurrent()) installDependencies()
run(findNode(), process.argv.slice(2))

/** npm writes the hidden lock file last, so it is there and new only after a whole installation. */
function areDependenciesCurrent() {
  const installed = join(root, 'node_modules', '.package-lock.json')
  return (
    existsSync(installed) && statSync(installed).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs
  )
}

function installDependencies() {
  process.stderr.write('Installing npm packages (npm ci)\n')
  const options = ['ci', '--no-audit', '--no-fund', '--loglevel=error']
  const { status, error } = spawnSync('npm', options, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] })
  if (status === 0) return
  fail(`npm ci failed: ${error ? error.message : `exit code ${status}`}`)
}

/** The pinned Node, or the running one where the pinned binary cannot run (musl) and this one is as new. */
function findNode() {
  if (existsSync(pinnedNode) && spawnSync(pinnedNode, ['--version']).status === 0) return pinnedNode
  if (Number(process.versions.node.split('.')[0]) >= 26) return process.execPath
  return fail(
    `No Node 26 runs here (${process.platform} ${process.arch}): install Node 26 or newer and try again`,
  )
}

function run(node, [script, ...args]) {
  const path = `${dirname(node)}:${process.env.PATH ?? '/usr/sbin:/usr/bin:/sbin:/bin'}`
  const env = { ...process.env, PATH: path, NODE_COMPILE_CACHE: join(root, '.cache', 'compile') }
  const child = spawn(node, [join(root, script), ...args], {
    cwd: root,
    stdio: 'inherit',
    env,
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => fail(error.message))
  child.on('exit', (code, signal) => process.exit(signal ? 1 : code))
}

/** @returns {never} */
function fail(message) {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}
