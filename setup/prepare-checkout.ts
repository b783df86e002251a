import { build } from 'esbuild'
import { existsSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { programs } from './programs.ts'
import { runProgram } from './run-program.ts'

const root = join(import.meta.dirname, '..')
/** Says that it was done once; later changes are compiled as they are first run. */
const compiledStamp = join(root, '.cache/compiled')

/**
 * Makes the checkout as quick and as small as what is shipped: each program as one bundle, compiled. Nothing breaks
 * without it; the launchers take the sources when one of them is newer.
 */
export async function prepareCheckout(): Promise<void> {
  await Promise.all(Object.entries(programs).map(([name, modules]) => bundle(name, modules)))
  if (existsSync(compiledStamp)) return
  for (const name of Object.keys(programs)) await runProgram([join(root, 'bin', name), '--version'])
  await writeFile(compiledStamp, '')
}

/** A start loads few files; what a program loads late is cut off. */
async function bundle(name: string, modules: readonly string[]): Promise<void> {
  const directory = join(root, 'dist', name)
  await rm(directory, { recursive: true, force: true })
  await build({
    entryPoints: modules.map((module) => join(root, module)),
    entryNames: '[name]',
    outdir: directory,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    minify: true,
    // Names in error traces stay those of the sources.
    keepNames: true,
    platform: 'node',
    format: 'esm',
    target: 'node26',
    // It finds its native library beside its own files.
    external: ['koffi'],
    // Libraries that are no ES modules ask for what Node gives only those.
    banner: {
      js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url)",
    },
    logLevel: 'error',
  })
}
