import { join } from 'node:path'
import { type ProgramResult, runProgram } from './run-program.ts'

const bin = join(import.meta.dirname, '..', 'node_modules', '.bin')

/** Every check that needs neither root nor an engine. Each prints its own file, rule and fix. */
const checks: Record<string, string[]> = {
  types: [join(bin, 'tsc')],
  lint: [join(bin, 'oxlint'), '--type-aware', '--quiet'],
  format: [join(bin, 'oxfmt'), '--check'],
  'dead code': [join(bin, 'knip'), '--no-progress', '--no-config-hints'],
  'architecture and tidiness': [process.execPath, '--test', '--test-reporter=dot', 'test/*.test.ts'],
}

const started = performance.now()
const results = await Promise.all(
  Object.entries(checks).map(async ([name, command]) => report(name, await runProgram(command))),
)
const seconds = ((performance.now() - started) / 1000).toFixed(1)
const failed = results.filter((passed) => !passed).length
console.log(
  failed === 0 ? `check: ok (${seconds} s)` : `check: ${failed} of ${results.length} failed (${seconds} s)`,
)
process.exitCode = failed === 0 ? 0 : 1

function report(name: string, result: ProgramResult): boolean {
  if (result.exitCode === 0) return true
  console.log(`── ${name}\n${result.output.trimEnd()}\n`)
  return false
}
