import { formatFloat } from './format-float.ts'
import { typeName } from './go-type.ts'
import { elementsOf, entriesOf, type GoValue, isMap, isSlice, isStruct } from './go-value.ts'
import { quote } from './quote.ts'

/** As Go's `%#v`: the value as it would stand in a program. */
export function goSyntax(value: GoValue | undefined): string {
  return formatSyntax(value, 0)
}

function formatSyntax(value: GoValue | undefined, depth: number): string {
  if (value === undefined) return '<nil>'
  const { type, raw } = value
  switch (type.kind) {
    case 'string':
      return quote(raw as string)
    case 'uint':
      return `0x${(raw as bigint).toString(16)}`
    case 'float':
      return formatFloat(raw as number, 'g')
    case 'pointer':
      return formatPointer(value, depth)
    case 'interface':
      return raw === null ? 'interface {}(nil)' : formatSyntax(raw as GoValue, depth)
    case 'bool':
    case 'int':
      return `${raw as bigint | boolean}`
    default:
      return formatComposite(value, depth)
  }
}

function formatComposite(value: GoValue, depth: number): string {
  const name = typeName(value.type)
  const inner = (item: GoValue) => formatSyntax(item, depth + 1)
  if (value.raw === null) return `${name}(nil)`
  if (isSlice(value)) return `${name}{${elementsOf(value).map(inner).join(', ')}}`
  if (isMap(value)) {
    const entries = entriesOf(value).map(([key, item]) => `${inner(key)}:${inner(item)}`)
    return `${name}{${entries.join(', ')}}`
  }
  if (!isStruct(value)) return name
  const fields = value.raw as Record<string, unknown>
  const shown = value.type.fields.map(({ name, type }) => `${name}:${inner({ type, raw: fields[name] })}`)
  return `${name}{${shown.join(', ')}}`
}

/** At the top a pointer shows what it points to; deeper only where, which differs from run to run. */
function formatPointer({ type, raw }: GoValue, depth: number): string {
  if (raw === null) return `(${typeName(type)})(nil)`
  if (type.kind !== 'pointer' || depth > 0) return `(${typeName(type)})(0xc000000000)`
  return `&${formatSyntax({ type: type.element, raw }, depth + 1)}`
}
