import { goValue } from '../template/go-value.ts'
import { stringType, type GoMethod, type StructType } from '../template/go-type.ts'
import { parseTemplate } from '../template/render-template.ts'
import { templateFailure } from './template-failure.ts'
import type { ListView } from './list-view.ts'

export interface ListTemplate<T> {
  render(item: T): string
  /** The template of the headers, for tables. */
  renderHeader(): string
}

const failure = 'template parsing error'

/** A template over one kind of thing: its fields as texts, its methods. Errors are told as lists tell them. */
export function listTemplate<T>(view: ListView<T>, format: string): ListTemplate<T> {
  const failures = view.templateFailures ?? { parse: failure, execute: failure }
  const template = templateFailure(failures.parse, () => parseTemplate(unescape(format)))
  const execute = <R>(action: () => R) => templateFailure(failures.execute, action)
  return {
    render: (item) =>
      execute(() =>
        template.render(
          goValue(
            typeOf(view, item),
            recordOf(view, (field) => field.value(item)),
          ),
        ),
      ),
    renderHeader: () =>
      execute(() =>
        template.render(
          goValue(
            headerType(view),
            recordOf(view, ({ header }) => header),
          ),
          { functions: 'heading' },
        ),
      ),
  }
}

/** `\t` and `\n` come from the shell as two characters. */
function unescape(format: string): string {
  return format.replaceAll('\\t', '\t').replaceAll('\\n', '\n')
}

type Field<T> = ListView<T>['fields'][string]

function recordOf<T>({ fields }: ListView<T>, value: (field: Field<T>) => string): Record<string, string> {
  return Object.fromEntries(
    Object.keys(fields).map((name) => [name, fields[name] ? value(fields[name]) : '']),
  )
}

/** Go's type of one item, whose methods know it. */
export function typeOf<T>(view: ListView<T>, item: T): StructType {
  return structType(view, (method, argument) => method(item, argument))
}

/** The header of a label is its last part: `com.example.my-role` is `my role`. */
function headerType<T>(view: ListView<T>): StructType {
  return structType(view, (_method, argument) => (argument.split('.').at(-1) ?? '').replace(/[-_]/g, ' '))
}

type Method<T> = (item: T, argument: string) => string

function structType<T>(
  { name, fields, methods = {} }: ListView<T>,
  call: (method: Method<T>, argument: string) => string,
): StructType {
  const goMethods = Object.entries(methods).map(([methodName, method]): [string, GoMethod] => [
    methodName,
    {
      parameters: [stringType],
      result: stringType,
      call: (_fields, argument) => call(method, String(argument)),
    },
  ])
  return {
    kind: 'struct',
    name,
    fields: Object.keys(fields)
      .sort()
      .map((field) => ({
        name: field,
        type: stringType,
        jsonName: field,
        omitEmpty: false,
        embedded: false,
      })),
    methods: Object.fromEntries(goMethods),
  }
}
