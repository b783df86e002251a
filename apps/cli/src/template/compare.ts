import { formatValue } from './format-value.ts'
import { typeName } from './go-type.ts'
import { type GoValue, unwrapInterface } from './go-value.ts'

const badType = 'invalid type for comparison'
const badPair = 'incompatible types for comparison'
const basicKinds = new Set(['bool', 'string', 'int', 'uint', 'float'])

/** Go's `eq`: true when the first equals one of the others. */
export function equals(first: GoValue | undefined, others: readonly (GoValue | undefined)[]): boolean {
  if (others.length === 0) throw new Error('missing argument for comparison')
  return others.some((other) => equalPair(unwrapInterface(first), unwrapInterface(other)))
}

function equalPair(one: GoValue | undefined, other: GoValue | undefined): boolean {
  const kinds = [basicKind(one), basicKind(other)]
  if (kinds[0] !== kinds[1]) {
    if (one !== undefined && other !== undefined) throw new Error(badPair)
    return false
  }
  if (kinds[0] !== undefined) return one?.raw === other?.raw
  return equalOthers(one, other)
}

/** Values of no basic kind can be compared with nil, and structs and pointers with their like. */
function equalOthers(one: GoValue | undefined, other: GoValue | undefined): boolean {
  const isNil = (value: GoValue | undefined) => value === undefined || value.raw === null
  if (one !== undefined && other !== undefined && one.type.kind !== other.type.kind) {
    throw new Error(`non-comparable types ${show(one)}, ${typeName(other.type)}: ${formatValue(other)}`)
  }
  if (isNil(one) || isNil(other)) return isNil(one) && isNil(other)
  if (other?.type.kind === 'slice' || other?.type.kind === 'map')
    throw new Error(`non-comparable type ${show(other)}`)
  return one?.raw === other?.raw
}

function show(value: GoValue): string {
  return `${formatValue(value)}: ${typeName(value.type)}`
}

/** Go's `lt`. */
export function isLess(one: GoValue | undefined, other: GoValue | undefined): boolean {
  const [first, second] = [unwrapInterface(one), unwrapInterface(other)]
  const kind = basicKind(first)
  if (kind === undefined || basicKind(second) === undefined) throw new Error(badType)
  if (kind !== basicKind(second)) throw new Error(badPair)
  if (kind === 'bool') throw new Error(badType)
  if (kind === 'string')
    return Buffer.compare(Buffer.from(String(first?.raw)), Buffer.from(String(second?.raw))) < 0
  return (first?.raw as number) < (second?.raw as number)
}

/** Signed and unsigned numbers can be compared with each other. */
function basicKind(value: GoValue | undefined): string | undefined {
  const kind = value?.type.kind
  if (kind === undefined || !basicKinds.has(kind)) return undefined
  return kind === 'uint' ? 'int' : kind
}
