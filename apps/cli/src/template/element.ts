import { isAssignable, typeName, uint8Type } from './go-type.ts'
import { type GoValue, indirect, isMap, isSlice, unwrapInterface, zero } from './go-value.ts'

/** Go's `index`: walks into lists, maps and strings by one index after the other. */
export function elementAt(
  item: GoValue | undefined,
  indexes: readonly (GoValue | undefined)[],
): GoValue | undefined {
  let current = unwrapInterface(item)
  if (current === undefined) throw new Error('index of untyped nil')
  for (const index of indexes) {
    const { value, isNil } = indirect(current)
    if (isNil) throw new Error('index of nil pointer')
    current = step(value, unwrapInterface(index))
  }
  return current
}

function step(value: GoValue, index: GoValue | undefined): GoValue {
  if (isMap(value)) {
    const key = mapKey(value, index)
    const entries = value.raw as Map<string, unknown> | null
    const type = value.type.element
    return { type, raw: entries?.has(key) ? entries.get(key) : zero(type) }
  }
  if (isSlice(value)) {
    const items = (value.raw as unknown[] | null) ?? []
    const place = position(index, items.length)
    if (place === items.length) throw new Error('reflect: slice index out of range')
    return { type: value.type.element, raw: items[place] }
  }
  if (value.type.kind !== 'string') throw new Error(`can't index item of type ${typeName(value.type)}`)
  const bytes = Buffer.from(value.raw as string)
  const place = position(index, bytes.length)
  if (place === bytes.length) throw new Error('reflect: string index out of range')
  return { type: uint8Type, raw: BigInt(bytes[place] ?? 0) }
}

function mapKey(value: GoValue & { type: { kind: 'map' } }, index: GoValue | undefined): string {
  const { key } = value.type
  if (index === undefined) throw new Error(`value is nil; should be of type ${key.name}`)
  if (!isAssignable(index.type, key))
    throw new Error(`value has type ${typeName(index.type)}; should be ${key.name}`)
  return index.raw as string
}

/** An index of something that has `length` elements; the length itself passes, as it does in Go. */
function position(index: GoValue | undefined, length: number): number {
  if (index === undefined) throw new Error('cannot index slice/array with nil')
  if (index.type.kind !== 'int' && index.type.kind !== 'uint') {
    throw new Error(`cannot index slice/array with type ${typeName(index.type)}`)
  }
  const place = index.raw as bigint
  if (place < 0n || place > BigInt(length)) throw new Error(`index out of range: ${place}`)
  return Number(place)
}

const indexesMax = 3

/** Go's `slice`: `slice x 1 2` is x[1:2], of a string or a list. */
export function sliceOfValue(item: GoValue | undefined, indexes: readonly (GoValue | undefined)[]): GoValue {
  const value = unwrapInterface(item)
  if (value === undefined) throw new Error('slice of untyped nil')
  if (indexes.length > indexesMax) throw new Error(`too many slice indexes: ${indexes.length}`)
  if (value.type.kind === 'string') {
    if (indexes.length === indexesMax) throw new Error('cannot 3-index slice a string')
    const bytes = Buffer.from(value.raw as string)
    return { type: value.type, raw: bytes.subarray(...sliceBounds(indexes, bytes.length)).toString() }
  }
  if (!isSlice(value)) throw new Error(`can't slice item of type ${typeName(value.type)}`)
  const items = (value.raw as unknown[] | null) ?? []
  return { type: value.type, raw: items.slice(...sliceBounds(indexes, items.length)) }
}

function sliceBounds(indexes: readonly (GoValue | undefined)[], length: number): [from: number, to: number] {
  const [from = 0, to = length, capacity = length] = indexes.map((index) =>
    position(unwrapInterface(index), length),
  )
  if (from > to) throw new Error(`invalid slice index: ${from} > ${to}`)
  if (to > capacity) throw new Error(`invalid slice index: ${to} > ${capacity}`)
  return [from, to]
}

/** Go's `len`: bytes of a string, elements of a list or a map. */
export function lengthOf(item: GoValue | undefined): number {
  if (item === undefined) throw new Error('reflect: call of reflect.Value.Type on zero Value')
  const { value, isNil } = indirect(item)
  if (isNil) throw new Error('len of nil pointer')
  if (isSlice(value)) return ((value.raw as unknown[] | null) ?? []).length
  if (isMap(value)) return (value.raw as Map<string, unknown> | null)?.size ?? 0
  if (value.type.kind === 'string') return Buffer.byteLength(value.raw as string)
  throw new Error(`len of type ${typeName(value.type)}`)
}
