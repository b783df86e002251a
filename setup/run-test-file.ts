import { run } from 'node:test'
import type { TestEvent } from 'node:test/reporters'
import { inspect } from 'node:util'
import { formatTestFailure, type TestFailure } from './test-failure.ts'

export interface TestFileResult {
  failures: readonly TestFailure[]
  tests: number
  skipped: number
  /** Everything the file wrote, its failures whole, and one line of the file itself. */
  output: string
}

type DataOf<T extends TestEvent['type']> = Extract<TestEvent, { type: T }>['data']

const lastWordsMax = 20

/**
 * Runs one test file in a process of its own, for `timeoutMs` at most: a promise that nobody settles keeps a file for
 * ever. Never rejects: also a file that cannot be run, or that ends by a signal, is a failure.
 */
export async function runTestFile(file: string, timeoutMs: number): Promise<TestFileResult> {
  const report = new TestFileReport(file, timeoutMs)
  const events = run({ files: [file], signal: AbortSignal.timeout(timeoutMs) })
  for await (const event of events as AsyncIterable<TestEvent>) report.take(event)
  return report.result()
}

class TestFileReport {
  readonly #file: string
  readonly #timeoutMs: number
  readonly #failures: TestFailure[] = []
  /** Tests that have begun and not ended, and the suites around them. */
  readonly #underWay = new Map<number | undefined, string>()
  /** The suites around the test that is told. */
  #names: string[] = []
  #output = ''
  #line = ''
  #counts: DataOf<'test:summary'>['counts'] | undefined

  constructor(file: string, timeoutMs: number) {
    this.#file = file
    this.#timeoutMs = timeoutMs
  }

  take({ type, data }: TestEvent): void {
    if (type === 'test:stdout' || type === 'test:stderr') this.#output += data.message
    else if (type === 'test:dequeue' && data.entryFile) this.#underWay.set(data.testId, data.name)
    else if (type === 'test:complete') this.#complete(data)
    else if (type === 'test:start') this.#names = [...this.#names.slice(0, data.nesting), data.name]
    else if (type === 'test:fail') this.#fail(data)
    else if (type === 'test:pass' && data.skip) this.#output += `﹣ ${data.name}: ${String(data.skip)}\n`
    else if (type === 'test:diagnostic' && data.entryFile) this.#output += `ℹ ${data.message}\n`
    else if (type === 'test:summary' && !data.file) this.#end(data)
  }

  result(): TestFileResult {
    const { tests = 0, skipped = 0 } = this.#counts ?? {}
    return { failures: this.#failures, tests, skipped, output: `${this.#output}${this.#line}\n` }
  }

  #end({ counts, success }: DataOf<'test:summary'>): void {
    this.#counts = counts
    if (this.#failures.length > 0 || (success && counts.tests > 0)) return
    const message = success ? 'No test of it ran' : 'It failed, and no test says why'
    this.#failures.push(this.#failure([], new Error(message)))
  }

  #complete({ entryFile, testId, details }: DataOf<'test:complete'>): void {
    if (entryFile) this.#underWay.delete(testId)
    else this.#line = `${details.passed ? '✔' : '✖'} ${this.#file} (${Math.round(details.duration_ms)} ms)`
  }

  #fail({ entryFile, nesting, name, details }: DataOf<'test:fail'>): void {
    // What is in a suite, or in a file, has been told by then.
    if (failureTypeOf(details.error) === 'subtestsFailed') return
    const failure = entryFile
      ? this.#failure([...this.#names.slice(0, nesting), name], details.error)
      : this.#failureOfFile(details.error)
    this.#failures.push(failure)
    const whole = entryFile ? inspect(details.error.cause ?? details.error) : ''
    this.#output += `${formatTestFailure(failure)}\n${whole}\n`
  }

  #failureOfFile(error: Error): TestFailure {
    if (failureTypeOf(error) !== 'testAborted') return this.#failure([], error)
    const state = `It had not ended after ${this.#timeoutMs / 1000} s`
    return this.#failure([...this.#underWay.values()], state)
  }

  #failure(names: string[], error: unknown): TestFailure {
    const lastWords = this.#output.trimEnd().split('\n').slice(-lastWordsMax)
    return { file: this.#file, names, error, lastWords }
  }
}

function failureTypeOf(error: Error): string | undefined {
  return (error as Error & { failureType?: string }).failureType
}
