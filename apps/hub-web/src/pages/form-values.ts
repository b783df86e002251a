import { CodedError } from '@berth/stdx'

/** What was written in a field, without the spaces around it; empty when nothing was sent. */
export function textOf(form: URLSearchParams, name: string): string {
  return (form.get(name) ?? '').trim()
}

/** As `textOf`, of a field that has to be filled in. */
export function required(form: URLSearchParams, name: string): string {
  const text = textOf(form, name)
  if (text === '') throw new CodedError('invalid-argument', `Please fill in “${name}”.`)
  return text
}
