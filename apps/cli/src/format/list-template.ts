import { goValue } from '../template/go-value.ts'
import { boolType, stringType, type GoMethod, type GoType, type StructType } from '../template/go-type.ts'
import { parseTemplate } from '../template/render-template.ts'
import { templateFailure } from './template-failure.ts'
import { fieldValue, type ListField, type ListView } from './list-view.ts'

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
            recordOf(view, (field) => fieldValue(field, item)),
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

function recordOf<T>(
  { fields }: ListView<T>,
  value: (field: ListField<T>) => string | boolean,
): Record<string, string | boolean> {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, value(field)]))
}

/** Go's type of one item, whose methods know it. */
export function typeOf<T>(view: ListView<T>, item: T): StructType {
  return structType(view, {
    call: (method, argument) => method(item, argument),
    fieldType: ({ isBoolean }) => (isBoolean ? boolType : stringType),
  })
}

/** The header of a label is its last part: `com.example.my-role` is `my role`. */
function headerType<T>(view: ListView<T>): StructType {
  return structType(view, {
    call: (_method, argument) => (argument.split('.').at(-1) ?? '').replace(/[-_]/g, ' '),
    fieldType: () => stringType,
  })
}

type Method<T> = (item: T, argument: string) => string

interface Members<T> {
  call: (method: Method<T>, argument: string) => string
  fieldType: (field: ListField<T>) => GoType
}

function structType<T>(
  { name, fields, methods = {} }: ListView<T>,
  { call, fieldType }: Members<T>,
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
    fields: Object.entries(fields)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([fieldName, field]) => ({
        name: fieldName,
        type: fieldType(field),
        jsonName: fieldName,
        omitEmpty: false,
        embedded: false,
      })),
    methods: Object.fromEntries(goMethods),
  }
}
