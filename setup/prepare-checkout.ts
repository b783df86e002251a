import { build } from 'esbuild'
import { existsSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runProgram } from './run-program.ts'

const root = join(import.meta.dirname, '..')
/** Says that it was done once; later changes are compiled as they are first run. */
const compiledStamp = join(root, '.cache/compiled')
const clientDirectory = join(root, 'dist/cli')

/**
 * Makes the checkout quick to start: the client as one bundle, cut where it loads things late, and the engine's and the
 * monitor's modules compiled. Nothing breaks without it; `bin/berth` takes the sources when they are newer.
 */
export async function prepareCheckout(): Promise<void> {
  await bundleClient()
  if (!existsSync(compiledStamp)) await compileModules()
}

async function bundleClient(): Promise<void> {
  await rm(clientDirectory, { recursive: true, force: true })
  await build({
    entryPoints: [join(root, 'apps/cli/src/berth.ts')],
    outdir: clientDirectory,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    minify: true,
    // Names in error traces stay those of the sources.
    keepNames: true,
    platform: 'node',
    format: 'esm',
    target: 'node26',
    logLevel: 'error',
  })
}

/** Each program loads all its modules before it looks at its arguments; Node keeps what it compiled at the end. */
async function compileModules(): Promise<void> {
  await runProgram([join(root, 'bin/berthd'), '--version'])
  await runProgram([join(root, 'bin/berth-hub'), '--version'])
  const env = { NODE_COMPILE_CACHE: join(root, '.cache/compile') }
  await runProgram([process.execPath, join(root, 'apps/daemon/src/berth-monitor.ts')], { env })
  await writeFile(compiledStamp, '')
}
