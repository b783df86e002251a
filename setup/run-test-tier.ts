import { globSync } from 'node:fs'
import { Semaphore } from '@berth/stdx'
import { runTestFile } from './run-test-file.ts'
import { formatTestFailure, type TestFailure } from './test-failure.ts'

export interface TestTier {
  /** Patterns. */
  files: readonly string[]
  /** Files that run at a time: one where they share the machine (networks, control groups). */
  concurrency: number
  /** What one file may take. */
  fileTimeoutMs: number
}

export interface TierResult {
  failures: readonly TestFailure[]
  /** One line. */
  summary: string
}

const toldMax = 40

/** Runs the files of a tier, and writes what they wrote, file by file as they end. */
export async function runTestTier(
  name: string,
  { files: patterns, concurrency, fileTimeoutMs }: TestTier,
  write: (text: string) => void,
): Promise<TierResult> {
  const started = performance.now()
  const files = patterns.flatMap((pattern) => globSync(pattern))
  write(`── ${name} tests: ${files.length} files\n`)
  const turns = new Semaphore(concurrency)
  const results = await Promise.all(
    files.map(async (file) => {
      using _ = await turns.acquire()
      const result = await runTestFile(file, fileTimeoutMs)
      write(result.output)
      return result
    }),
  )
  const sum = (key: 'tests' | 'skipped') => results.reduce((total, result) => total + result[key], 0)
  const failures = results.flatMap((result) => result.failures)
  const seconds = Math.round((performance.now() - started) / 1000)
  const counts = `${sum('tests')} tests in ${files.length} files, ${sum('skipped')} skipped, ${seconds} s`
  return {
    failures,
    summary:
      failures.length === 0 ? `✔ ${name}: ${counts}` : `✖ ${name}: ${failures.length} failed of ${counts}`,
  }
}

/**
 * The end of everything, a line a tier, and before it all failures in short: logs are read from their end, and some
 * keep nothing else.
 */
export function formatTierResults(results: readonly TierResult[]): string {
  const failures = results.flatMap((result) => result.failures)
  const untold = failures.length - toldMax
  return [
    ...(failures.length > 0 ? ['── failed'] : []),
    ...failures.slice(0, toldMax).map(formatTestFailure),
    ...(untold > 0 ? [`… and ${untold} more, told above`] : []),
    ...results.map(({ summary }) => summary),
  ].join('\n')
}
