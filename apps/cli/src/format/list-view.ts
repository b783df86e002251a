/** What can be shown of one kind of thing: by field, as templates name them. All values are text. */
export interface ListView<T> {
  /** What errors of templates call it, by Docker's name for it. */
  readonly name: string
  readonly fields: Readonly<Record<string, ListField<T>>>
  /** Fields of the table, in order. */
  readonly columns: readonly string[]
  /** The field that `--quiet` shows. */
  readonly quietField: string
  /** Docker's `raw` format, where the list has one. */
  readonly raw?: RawFormat
  /** What stands before an error of a template, where it is not `template parsing error`. */
  readonly templateFailures?: { readonly parse: string; readonly execute: string }
  /** Functions of one argument that templates call: `{{.Label "key"}}`. */
  readonly methods?: Readonly<Record<string, (item: T, argument: string) => string>>
}

export interface RawFormat {
  /** What stands before the field that `--quiet` shows. */
  readonly quietLabel: string
  /** The lines of one item, of which `value` gives the fields; an empty line follows. */
  lines(value: (field: string) => string): string[]
}

export interface ListField<T> {
  readonly header: string
  /** Its text is `true` or `false`, and templates and JSON take it for that. */
  readonly isBoolean?: boolean
  value(item: T): string
  /** What JSON has, where that is not the value. */
  jsonValue?(item: T): string
}

/** What templates and JSON have of a field. */
export function fieldValue<T>(field: ListField<T>, item: T): string | boolean {
  const text = field.value(item)
  return field.isBoolean ? text === 'true' : text
}
