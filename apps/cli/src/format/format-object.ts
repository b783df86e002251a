import { CodedError } from '@berth/stdx'
import { ExitError } from '../command/exit-error.ts'
import type { GoType } from '../template/go-type.ts'
import { goJson } from './go-json.ts'

/** How one object is written. `loadType` gives Go's type of it, where templates know more names than its JSON has. */
export type ObjectFormatter = (object: unknown, loadType?: () => Promise<GoType>) => Promise<string>

const parseFailureStatus = 64

/** Formats one object at a time: `json`, or a template over Go's type of it and then over its JSON. */
export async function objectFormatter(format: string): Promise<ObjectFormatter> {
  if (format.trim() === 'json') return async (object) => `${goJson(object)}\n`
  const [{ parseTemplate }, { goValue, plainValue }, { templateFailure }, { TemplateError }] =
    await Promise.all([
      import('../template/render-template.ts'),
      import('../template/go-value.ts'),
      import('./template-failure.ts'),
      import('../template/template-error.ts'),
    ])
  const explain = <T>(action: () => T) => templateFailure('template parsing error', action)
  const template = parse(() => explain(() => parseTemplate(format)))
  return async (object, loadType) => {
    const type = await loadType?.()
    const renderPlain = () =>
      template.render(plainValue(object, { numbers: 'json.Number' }), { missingKey: 'error' })
    return explain(() => {
      try {
        return `${type ? template.render(goValue(type, object)) : renderPlain()}\n`
      } catch (error) {
        if (!type || !(error instanceof TemplateError)) throw error
        return `${renderPlain()}\n`
      }
    })
  }
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
