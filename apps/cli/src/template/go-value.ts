import {
  anyType,
  boolType,
  float64Type,
  type GoField,
  type GoType,
  intType,
  jsonNumberType,
  mapOf,
  sliceOf,
  stringType,
  type StructType,
} from './go-type.ts'

/**
 * A value with its Go type. What `raw` is depends on the type's kind: a boolean, a string, a bigint for whole numbers,
 * a number for floats, a list, a Map, an object of raw fields; null for nil. Of a pointer it is what is pointed to, of
 * an interface the value inside.
 */
export interface GoValue {
  readonly type: GoType
  readonly raw: unknown
}

/** As JSON had it: the fields that a struct's methods are given. */
const source = Symbol('source')

/** Reads JSON as `encoding/json` reads it into a variable of `type`: what is missing or null becomes the zero value. */
export function goValue(type: GoType, json: unknown): GoValue {
  return { type, raw: decode(type, json) }
}

export interface PlainOptions {
  /** What numbers become: `json.Number` keeps their text (Docker's raw inspect), `float64` is Go's default. */
  numbers?: 'json.Number' | 'float64'
}

/**
 * Reads JSON without knowing its types: `map[string]interface {}`, `[]interface {}`, strings, booleans, numbers. Whole
 * numbers that a double would not hold come as bigint.
 */
export function plainValue(json: unknown, options: PlainOptions = {}): GoValue | undefined {
  if (json === null || json === undefined) return undefined
  if (typeof json === 'boolean') return { type: boolType, raw: json }
  if (typeof json === 'string') return { type: stringType, raw: json }
  if (typeof json === 'number' || typeof json === 'bigint') return plainNumber(json, options)
  const inner = (item: unknown) => plainValue(item, options) ?? null
  if (Array.isArray(json)) return { type: sliceOf(anyType), raw: json.map(inner) }
  return { type: mapOf(anyType), raw: new Map(Object.entries(json).map(([key, item]) => [key, inner(item)])) }
}

function plainNumber(number: number | bigint, { numbers }: PlainOptions): GoValue {
  if (numbers === 'json.Number') return { type: jsonNumberType, raw: String(number) }
  return typeof number === 'bigint' ? { type: intType, raw: number } : { type: float64Type, raw: number }
}

function decode(type: GoType, json: unknown): unknown {
  if (json === null || json === undefined) return zero(type)
  switch (type.kind) {
    case 'int':
    case 'uint':
      return BigInt(json as number)
    case 'float':
      return Number(json)
    case 'slice':
      return (json as unknown[]).map((item) => decode(type.element, item))
    case 'map':
      return new Map(Object.entries(json).map(([key, item]) => [key, decode(type.element, item)]))
    case 'pointer':
      return decode(type.element, json)
    case 'struct':
      return decodeStruct(type, json as Record<string, unknown>)
    case 'interface':
      return plainValue(json) ?? null
    default:
      return json
  }
}

function decodeStruct(type: StructType, json: Record<string, unknown>): unknown {
  const fields = type.fields.map(({ name, jsonName, type, embedded }) => [
    name,
    decode(type, embedded ? json : json[jsonName]),
  ])
  return { ...(Object.fromEntries(fields) as object), [source]: json }
}

/** The fields of a struct as they came in JSON. */
export function sourceOf(raw: unknown): unknown {
  return (raw as { [source]?: unknown } | null)?.[source]
}

export function zero(type: GoType): unknown {
  switch (type.kind) {
    case 'bool':
      return false
    case 'string':
      return type.zero ?? ''
    case 'int':
    case 'uint':
      return 0n
    case 'float':
      return 0
    case 'struct':
      return decodeStruct(type, {})
    default:
      return null
  }
}

export function intValue(number: number | bigint): GoValue {
  return { type: intType, raw: BigInt(number) }
}

export function stringValue(text: string): GoValue {
  return { type: stringType, raw: text }
}

export function boolValue(truth: boolean): GoValue {
  return { type: boolType, raw: truth }
}

/** What an interface holds, undefined for nil; every other value as it is. */
export function unwrapInterface(value: GoValue | undefined): GoValue | undefined {
  return value?.type.kind === 'interface' ? ((value.raw as GoValue | null) ?? undefined) : value
}

/** Follows pointers and interfaces to their end; stops at a nil. */
export function indirect(value: GoValue): { value: GoValue; isNil: boolean } {
  let current = value
  while (current.type.kind === 'pointer' || current.type.kind === 'interface') {
    if (current.raw === null) return { value: current, isNil: true }
    current =
      current.type.kind === 'interface'
        ? (current.raw as GoValue)
        : { type: current.type.element, raw: current.raw }
  }
  return { value: current, isNil: false }
}

/** Elements of a list, with their type; none of a nil list. */
export function elementsOf(value: GoValue & { type: { kind: 'slice' } }): GoValue[] {
  const type = value.type.element
  return ((value.raw as unknown[] | null) ?? []).map((raw) => ({ type, raw }))
}

/** Entries of a map in the order Go prints them, by key. */
export function entriesOf(value: GoValue & { type: { kind: 'map' } }): [GoValue, GoValue][] {
  const { key, element } = value.type
  return [...((value.raw as Map<string, unknown> | null) ?? [])]
    .sort(([one], [other]) => Buffer.compare(Buffer.from(one), Buffer.from(other)))
    .map(([name, raw]) => [
      { type: key, raw: name },
      { type: element, raw },
    ])
}

/** A field of a struct, of its own or of an embedded one; undefined when there is none of that name. */
export function findField(type: StructType, name: string): GoField | undefined {
  return type.fields.find((field) => field.name === name)
}

/** Go's idea of true: not the zero value, not empty, not nil; a struct always. */
export function isTrue(value: GoValue | undefined): boolean {
  if (value === undefined || value.raw === null) return false
  switch (value.type.kind) {
    case 'bool':
      return value.raw as boolean
    case 'int':
    case 'uint':
      return value.raw !== 0n
    case 'float':
      return value.raw !== 0
    case 'string':
      return value.raw !== ''
    case 'slice':
      return (value.raw as unknown[]).length > 0
    case 'map':
      return (value.raw as Map<string, unknown>).size > 0
    default:
      return true
  }
}

/** isSlice and isMap narrow the type together with the value. */
export function isSlice(value: GoValue): value is GoValue & { type: { kind: 'slice' } } {
  return value.type.kind === 'slice'
}

export function isMap(value: GoValue): value is GoValue & { type: { kind: 'map' } } {
  return value.type.kind === 'map'
}

export function isStruct(value: GoValue): value is GoValue & { type: StructType } {
  return value.type.kind === 'struct'
}
