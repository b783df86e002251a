import { CodedError } from '@berth/stdx'
import { ExitError } from '../command/exit-error.ts'
import { goJson } from './go-json.ts'

const parseFailureStatus = 64

/** Formats one object at a time: `json`, or a template over its JSON, whose keys are its fields. */
export async function objectFormatter(format: string): Promise<(object: unknown) => string> {
  if (format.trim() === 'json') return (object) => `${goJson(object)}\n`
  const { parseTemplate } = await import('../template/render-template.ts')
  const { plainValue } = await import('../template/go-value.ts')
  const { templateFailure } = await import('./template-failure.ts')
  const explain = <T>(action: () => T) => templateFailure('template parsing error', action)
  const template = parse(() => explain(() => parseTemplate(format)))
  return (object) =>
    explain(
      () => `${template.render(plainValue(object, { numbers: 'json.Number' }), { missingKey: 'error' })}\n`,
    )
}

/** A template that is none has a status of its own. */
function parse<T>(action: () => T): T {
  try {
    return action()
  } catch (error) {
    if (error instanceof CodedError) throw new ExitError(parseFailureStatus, error.message, { cause: error })
    throw error
  }
}
