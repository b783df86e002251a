import { CodedError, isCoded, messageOf } from '@berth/stdx'

/** The last error in a runtime's JSON log; undefined when it has none. */
export function readRuntimeLog(log: string): string | undefined {
  for (const line of log.trimEnd().split('\n').toReversed()) {
    const entry = parseEntry(line)
    if (entry?.level === 'error' && typeof entry.msg === 'string') return entry.msg
  }
  return undefined
}

function parseEntry(line: string): { level?: unknown; msg?: unknown } | undefined {
  try {
    return JSON.parse(line) as { level?: unknown; msg?: unknown }
  } catch {
    return undefined
  }
}

/** Reasons that lie in what was asked for, by the words Docker's clients look for. */
const invalid =
  /executable file not found|no such file or directory|permission denied|is a directory|not a directory/i

/** crun's way to say it; Docker's clients know runc's. */
const crunNotFound = /executable file `([^`]*)` not found(?: in \$PATH)?(?:: No such file or directory)?/

export function describeRuntimeFailure(reason: string): CodedError {
  const message = (reason || 'the runtime failed without a reason').replace(
    crunNotFound,
    'exec: "$1": executable file not found in $PATH',
  )
  return new CodedError(invalid.test(message) ? 'invalid-argument' : 'internal', message)
}

/** Words a failed start as Docker does, runc's `run` counted as the create and start that it is. */
export function startFailure(error: unknown): CodedError {
  const reason = messageOf(error).replace(/^runc run failed:/, 'runc create failed:')
  return withMessage(
    error,
    `failed to create task for container: failed to create shim task: OCI runtime create failed: ${reason}: unknown`,
  )
}

/** Words a failed exec as Docker does. */
export function execFailure(error: unknown): CodedError {
  return withMessage(error, `OCI runtime exec failed: ${messageOf(error)}: unknown`)
}

function withMessage(error: unknown, message: string): CodedError {
  const hint = isCoded(error) ? error.hint : undefined
  const code = isCoded(error) ? error.code : 'internal'
  return new CodedError(code, message, { cause: error, ...(hint === undefined ? {} : { hint }) })
}
