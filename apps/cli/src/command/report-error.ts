import { firstFailure, isCoded, messageOf } from '@berth/stdx'
import { ExitError } from './exit-error.ts'
import type { Output } from './io.ts'
import { nextStep } from './next-step.ts'

export interface ReportOptions {
  stderr: Output
  withStack: boolean
  /** Set for commands whose failures point to their help, with the status they then have. */
  help?: { program: string; path: string; status: number } | undefined
}

/** Prints what went wrong, then one line with the next step where one is known; gives the exit status. */
export function reportError(error: unknown, { stderr, withStack, help }: ReportOptions): number {
  const message = messageOf(error)
  const first = firstFailure(error)
  const hint = hintOf(first)
  if (message !== '') {
    const lines = [
      help ? `${help.program}: ${message}\n` : message,
      hint,
      help && `Run '${help.path} --help' for more information`,
    ]
    stderr.write(`${lines.filter((line) => line !== undefined).join('\n')}\n`)
  }
  if (withStack && error instanceof Error) stderr.write(`${error.stack}\n`)
  return first instanceof ExitError ? first.status : (help?.status ?? 1)
}

/** The hint of the error or of what caused it, else what is known of the engine's words. */
function hintOf(error: unknown): string | undefined {
  for (let one = error; one instanceof Error; one = one.cause) {
    if (isCoded(one) && one.hint !== undefined) return one.hint
  }
  return nextStep(messageOf(error))
}
