import { formatFloat } from './format-float.ts'
import type { GoField, StructType } from './go-type.ts'
import {
  elementsOf,
  entriesOf,
  goValue,
  type GoValue,
  isMap,
  isSlice,
  isStruct,
  isTrue,
  sourceOf,
} from './go-value.ts'

/** JSON as Go's `encoding/json` writes a value, without escapes for HTML: fields in their order, maps by key. */
export function encodeJson(value: GoValue | undefined): string {
  if (value === undefined || value.raw === null) return 'null'
  if (isSlice(value)) return `[${elementsOf(value).map(encodeJson).join(',')}]`
  if (isMap(value)) {
    const entries = entriesOf(value).map(
      ([key, item]) => `${encodeText(String(key.raw))}:${encodeJson(item)}`,
    )
    return `{${entries.join(',')}}`
  }
  if (isStruct(value)) return `{${structMembers(value).join(',')}}`
  switch (value.type.kind) {
    case 'interface':
      return encodeJson(value.raw as GoValue)
    case 'pointer':
      return encodeJson({ type: value.type.element, raw: value.raw })
    case 'string':
      return value.type.name === 'json.Number' ? (value.raw as string) : encodeText(value.raw as string)
    case 'float':
      return encodeFloat(value.raw as number)
    default:
      return `${value.raw as bigint}`
  }
}

function structMembers(value: GoValue & { type: StructType }): string[] {
  const { type, raw } = value
  if (type.fields.length === 0) return methodMembers(type, raw)
  return type.fields.flatMap((field) => fieldMembers(field, (raw as Record<string, unknown>)[field.name]))
}

function fieldMembers({ type, jsonName, omitEmpty, embedded }: GoField, raw: unknown): string[] {
  const value = { type, raw }
  if (embedded) {
    const target = type.kind === 'pointer' ? { type: type.element, raw } : value
    return raw === null || !isStruct(target) ? [] : structMembers(target)
  }
  if (omitEmpty && type.kind !== 'struct' && !isTrue(value)) return []
  return [`${encodeText(jsonName)}:${encodeJson(value)}`]
}

/** What has methods alone, as the items of lists, is what its methods without parameters give. */
function methodMembers({ methods }: StructType, raw: unknown): string[] {
  return Object.entries(methods)
    .filter(([, { parameters }]) => parameters.length === 0)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(
      ([name, { result, call }]) => `${encodeText(name)}:${encodeJson(goValue(result, call(sourceOf(raw))))}`,
    )
}

function encodeText(text: string): string {
  return JSON.stringify(text.toWellFormed()).replaceAll(/[\u2028\u2029]/g, (character) =>
    character === '\u2028' ? '\\u2028' : '\\u2029',
  )
}

function encodeFloat(value: number): string {
  if (!Number.isFinite(value)) throw new Error(`json: unsupported value: ${formatFloat(value, 'g')}`)
  return Object.is(value, -0) ? '-0' : String(value)
}
