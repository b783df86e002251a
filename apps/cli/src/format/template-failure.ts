import { CodedError } from '@berth/stdx'
import { TemplateError } from '../template/template-error.ts'

/** Runs `action`; an error of a template gets the words that the command puts before it, if it has any. */
export function templateFailure<T>(prefix: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    throw new CodedError('invalid-argument', prefix === '' ? error.message : `${prefix}: ${error.message}`, {
      cause: error,
      hint: "A template looks like '{{.ID}}: {{.Names}}'; --format json shows the fields there are.",
    })
  }
}
