import { CodedError } from '@berth/stdx'
import { TextField } from '../ui/field.ts'
import { textOf } from './form-values.ts'

const field = 'confirmation'

/** What cannot be brought back is deleted only by who types its name. */
export function ConfirmationField(name: string) {
  return TextField({ name: field, label: `Type ${name} to confirm`, isRequired: true })
}

/** Throws `invalid-argument` unless the form has the name in its `ConfirmationField`. */
export function checkConfirmation(form: URLSearchParams, name: string): void {
  if (textOf(form, field) !== name)
    throw new CodedError('invalid-argument', `Please type ${name} to delete it.`)
}
