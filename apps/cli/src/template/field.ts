import { call } from './call.ts'
import { type GoMethod, isAssignable, stringType, type StructType, typeName } from './go-type.ts'
import { findField, goValue, type GoValue, indirect, isMap, isStruct, sourceOf } from './go-value.ts'
import { hasArguments, type Invocation } from './invocation.ts'
import { failAt, type State } from './state.ts'

/** The member of `receiver` that the invocation names: a method, a field of a struct, a key of a map. */
export function evalField(
  state: State,
  receiver: GoValue | undefined,
  invocation: Invocation,
): GoValue | undefined {
  const { name } = invocation
  if (receiver === undefined) {
    if (state.missingKey === 'error') failAt(state, `nil data; no entry for key ${JSON.stringify(name)}`)
    return undefined
  }
  const shown = typeName(receiver.type)
  const { value, isNil } = indirect(receiver)
  if (isNil) {
    const target = value.type.kind === 'pointer' ? value.type.element : undefined
    if (target?.kind !== 'struct' || hasMember(target, name))
      failAt(state, `nil pointer evaluating ${shown}.${name}`)
  } else if (isStruct(value)) {
    const member = structMember(state, value, invocation)
    if (member !== undefined) return member.value
  } else if (isMap(value) && isAssignable(stringType, value.type.key)) {
    return mapEntry(state, value, invocation)
  }
  return failAt(state, `can't evaluate field ${name} in type ${shown}`)
}

function hasMember(type: StructType, name: string): boolean {
  return (
    Object.hasOwn(type.methods, name) ||
    findField(type, name) !== undefined ||
    embeddedOf(type).some(({ target }) => hasMember(target, name))
  )
}

function embeddedOf(type: StructType): { name: string; target: StructType }[] {
  return type.fields.flatMap(({ name, type: field, embedded }) => {
    const target = field.kind === 'pointer' ? field.element : field
    return embedded && target.kind === 'struct' ? [{ name, target }] : []
  })
}

/** Wrapped, since the value of a member may be none. */
function structMember(
  state: State,
  { type, raw }: GoValue & { type: StructType },
  invocation: Invocation,
): { value: GoValue | undefined } | undefined {
  const { name } = invocation
  const fields = raw as Record<string, unknown>
  const method = type.methods[name]
  if (method !== undefined) return { value: callMethod(state, { method, fields }, invocation) }
  const field = findField(type, name)
  if (field !== undefined) {
    if (hasArguments(invocation)) failAt(state, `${name} has arguments but cannot be invoked as function`)
    return { value: { type: field.type, raw: fields[name] } }
  }
  const embedded = embeddedOf(type).find(({ target }) => hasMember(target, name))
  if (embedded === undefined) return undefined
  const inner = fields[embedded.name]
  if (inner === null) {
    failAt(state, `reflect: indirection through nil pointer to embedded struct field ${embedded.name}`)
  }
  return structMember(state, { type: embedded.target, raw: inner }, invocation)
}

function callMethod(
  state: State,
  { method, fields }: { method: GoMethod; fields: unknown },
  invocation: Invocation,
): GoValue | undefined {
  const called = {
    parameters: method.parameters,
    call: (...args: (GoValue | undefined)[]) =>
      goValue(method.result, method.call(sourceOf(fields), ...args.map((arg) => arg?.raw))),
  }
  return call(state, called, invocation)
}

function mapEntry(
  state: State,
  { type, raw }: GoValue & { type: { kind: 'map' } },
  invocation: Invocation,
): GoValue | undefined {
  const { name } = invocation
  if (hasArguments(invocation)) failAt(state, `${name} is not a method but has arguments`)
  const entries = raw as Map<string, unknown> | null
  if (entries?.has(name)) return { type: type.element, raw: entries.get(name) }
  if (state.missingKey === 'error') failAt(state, `map has no entry for key ${JSON.stringify(name)}`)
  return undefined
}
