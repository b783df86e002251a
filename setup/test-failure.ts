import { stripVTControlCharacters } from 'node:util'

export interface TestFailure {
  /** The test file, from the root of the checkout. */
  file: string
  /** The test, after the suites around it; none where the file ended without a test that failed. */
  names: readonly string[]
  error: unknown
  /** What the file wrote last. */
  lastWords: readonly string[]
}

const messageLinesMax = 12
const stackLinesMax = 4

/** A failure in a few lines: where, what, and the first places of this checkout that its stack names. */
export function formatTestFailure({ file, names, error, lastWords }: TestFailure): string {
  const reason = reasonOf(error)
  const isOfTest = names.length > 0
  const message = isOfTest ? messageLines(reason) : [howItEnded(error)]
  return [
    `✖ ${file}`,
    ...(isOfTest ? [`  ${names.join(' › ')}`] : []),
    ...cutShort(message).map((line) => `    ${line}`),
    ...(isOfTest ? stackLines(reason) : lastWords.map((line) => `    │ ${line}`)),
  ].join('\n')
}

/** The runner wraps what a test threw. */
function reasonOf(error: unknown): unknown {
  return error instanceof Error && error.cause instanceof Error ? error.cause : error
}

function messageLines(reason: unknown): string[] {
  if (!(reason instanceof Error)) return [String(reason)]
  return stripVTControlCharacters(`${reason.name}: ${reason.message}`)
    .split('\n')
    .filter((line) => line.trim() !== '')
}

function howItEnded(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { exitCode, signal, message } = error as Error & { exitCode?: number | null; signal?: string | null }
  if (signal) return `The file ended by ${signal}`
  return exitCode ? `The file ended with exit code ${exitCode}, though none of its tests failed` : message
}

function cutShort(lines: readonly string[]): readonly string[] {
  const more = lines.length - messageLinesMax
  return more <= 0 ? lines : [...lines.slice(0, messageLinesMax), `… and ${more} lines more`]
}

function stackLines(reason: unknown): string[] {
  if (!(reason instanceof Error) || !reason.stack) return []
  const root = `file://${process.cwd()}/`
  return reason.stack
    .split('\n')
    .filter((line) => line.trimStart().startsWith('at ') && line.includes(root))
    .slice(0, stackLinesMax)
    .map((line) => `      ${line.trim().replace(root, '')}`)
}
