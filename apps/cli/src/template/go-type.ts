/**
 * The types of Go that a template can meet, in the shape of Go's reflect package. They decide what a template may do:
 * an unknown field of a struct is an error where a missing key of a map is `<no value>`, a nil list prints as `[]`.
 */
export type GoType = BasicType | SliceType | MapType | PointerType | StructType | InterfaceType

export type BasicKind = 'bool' | 'string' | 'int' | 'uint' | 'float'

export interface BasicType {
  kind: BasicKind
  /** As Go prints it: `int64`, `nat.Port`. */
  name: string
  /** What its String method gives, where it has one. */
  text?: (raw: never) => string
  /** What stands for no value, where that is not '' or 0. */
  zero?: string
}

export interface SliceType {
  kind: 'slice'
  /** Of a type of its own, as `strslice.StrSlice`. */
  name?: string
  element: GoType
}

/** Keys are strings here, though they may be of a named string type. */
export interface MapType {
  kind: 'map'
  /** Of a type of its own, as `nat.PortMap`. */
  name?: string
  key: BasicType
  element: GoType
}

export interface PointerType {
  kind: 'pointer'
  element: GoType
}

export interface StructType {
  kind: 'struct'
  /** As Go prints it: `container.State`. */
  name: string
  fields: readonly GoField[]
  /** Methods of the struct and of a pointer to it. */
  methods: Readonly<Record<string, GoMethod>>
}

export interface InterfaceType {
  kind: 'interface'
}

export interface GoField {
  name: string
  type: GoType
  /** Its name in JSON. */
  jsonName: string
  omitEmpty: boolean
  /** Its own fields count as those of the struct that holds it. */
  embedded: boolean
}

export interface GoMethod {
  parameters: readonly GoType[]
  result: GoType
  /** Gets the struct's fields as they came in JSON, and plain strings, numbers and booleans. */
  call: (fields: unknown, ...args: unknown[]) => unknown
}

const basic = (kind: BasicKind, name: string): BasicType => ({ kind, name })

export const boolType = basic('bool', 'bool')
export const stringType = basic('string', 'string')
export const intType = basic('int', 'int')
export const int64Type = basic('int', 'int64')
export const uintType = basic('uint', 'uint')
export const uint16Type = basic('uint', 'uint16')
export const uint64Type = basic('uint', 'uint64')
export const float64Type = basic('float', 'float64')
/** A byte of a string. */
export const uint8Type = basic('uint', 'uint8')
/** What the `encoding/json` package makes of a number when it is told to keep its text. */
export const jsonNumberType = basic('string', 'json.Number')
export const anyType: InterfaceType = { kind: 'interface' }

/** A named type of its own, as `type Port string`: Go does not take a plain string for it. */
export const namedType = basic

export function sliceOf(element: GoType): SliceType {
  return { kind: 'slice', element }
}

export function mapOf(element: GoType, key: BasicType = stringType): MapType {
  return { kind: 'map', key, element }
}

export function pointerTo(element: GoType): PointerType {
  return { kind: 'pointer', element }
}

export type FieldSpec = GoType | (Partial<Omit<GoField, 'name'>> & { type: GoType })

/** A struct type; a field's name in JSON is that of the field unless it says otherwise. */
export function structOf(
  name: string,
  fields: Readonly<Record<string, FieldSpec>>,
  methods: Readonly<Record<string, GoMethod>> = {},
): StructType {
  const list = Object.entries(fields).map(([name, spec]) => {
    const given = 'type' in spec ? spec : { type: spec }
    return { name, jsonName: name, omitEmpty: false, embedded: false, ...given }
  })
  return { kind: 'struct', name, fields: list, methods }
}

/** Several fields of one type. */
export function fieldsOf(type: GoType, ...names: string[]): Record<string, FieldSpec> {
  return Object.fromEntries(names.map((name) => [name, type]))
}

/** A method without parameters that gives a string: what the contexts of list commands are made of. */
export function stringMethod(call: (fields: never) => string): GoMethod {
  return { parameters: [], result: stringType, call: call as GoMethod['call'] }
}

/** The type as Go prints it. */
export function typeName(type: GoType): string {
  switch (type.kind) {
    case 'slice':
      return type.name ?? `[]${typeName(type.element)}`
    case 'map':
      return type.name ?? `map[${type.key.name}]${typeName(type.element)}`
    case 'pointer':
      return `*${typeName(type.element)}`
    case 'interface':
      return 'interface {}'
    default:
      return type.name
  }
}

/** Types are the same when Go would say so: by structure, and by name where they have one. */
export function isAssignable(from: GoType, to: GoType): boolean {
  return to.kind === 'interface' || typeName(from) === typeName(to)
}
