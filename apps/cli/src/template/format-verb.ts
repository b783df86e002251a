import { type Directive, pad, padNumber } from './directive.ts'
import { formatFloat } from './format-float.ts'
import { formatInteger } from './format-integer.ts'
import { goSyntax } from './go-syntax.ts'
import { type GoType, typeName } from './go-type.ts'
import { elementsOf, entriesOf, type GoValue, isMap, isSlice, isStruct } from './go-value.ts'
import { isPrintable, quote } from './quote.ts'

/** One operand under a directive; a verb that does not fit shows as `%!d(string=hi)`. */
export function formatFlagged(value: GoValue | undefined, directive: Directive): string {
  const { verb } = directive
  if (value === undefined) {
    if (verb === 'T' || verb === 'v') return pad('<nil>', directive)
    return `%!${verb}(<nil>)`
  }
  if (verb === 'T') return pad(typeName(value.type), directive)
  if (verb === 'p') return value.type.kind === 'pointer' ? pad('0x0', directive) : badVerb(value, verb)
  if (verb !== 'v') return formatNested(value, directive, 0)
  if (directive.sharp === true) return pad(goSyntax(value), directive)
  return formatNested(value, { ...directive, plus: false, named: directive.plus === true }, 0)
}

function formatNested(value: GoValue, directive: Directive, depth: number): string {
  const { type, raw } = value
  if ('text' in type && type.text && isTextVerb(directive)) return pad(type.text(raw as never), directive)
  switch (type.kind) {
    case 'bool':
      return formatBool(value, directive)
    case 'string':
      return formatString(value, directive)
    case 'int':
    case 'uint':
      return formatInteger(raw as bigint, directive) ?? badVerb(value, directive.verb)
    case 'float':
      return formatNumber(value, directive)
    case 'interface':
      return raw === null ? nilText(type, directive) : formatNested(raw as GoValue, directive, depth)
    case 'pointer':
      return formatPointer(value, directive, depth)
    default:
      return formatComposite(value, directive, depth)
  }
}

function formatComposite(value: GoValue, directive: Directive, depth: number): string {
  const inner = (item: GoValue) => formatNested(item, directive, depth + 1)
  if (isSlice(value)) {
    const items = elementsOf(value)
    if (isBytesVerb(value.type.element, directive)) return formatBytes(items, directive)
    return `[${items.map(inner).join(' ')}]`
  }
  if (isMap(value)) {
    return `map[${entriesOf(value)
      .map(([key, item]) => `${inner(key)}:${inner(item)}`)
      .join(' ')}]`
  }
  if (!isStruct(value)) return badVerb(value, directive.verb)
  const fields = value.raw as Record<string, unknown>
  const shown = value.type.fields.map(({ name, type }) => {
    const text = inner({ type, raw: fields[name] })
    return directive.named === true ? `${name}:${text}` : text
  })
  return `{${shown.join(' ')}}`
}

/** At the top a pointer shows what it points to; deeper only where, which differs from run to run. */
function formatPointer({ type, raw }: GoValue, directive: Directive, depth: number): string {
  if (type.kind !== 'pointer' || raw === null) return nilText(type, directive)
  const composite = ['struct', 'map', 'slice'].includes(type.element.kind)
  if (depth > 0 || !composite) return pad('0xc000000000', directive)
  return `&${formatComposite({ type: type.element, raw }, directive, depth)}`
}

function nilText(type: GoType, directive: Directive): string {
  return directive.verb === 'v' || directive.verb === 's'
    ? pad(directive.verb === 'v' ? '<nil>' : '%!s(<nil>)', directive)
    : `%!${directive.verb}(${type.kind === 'interface' ? '' : `${typeName(type)}=`}<nil>)`
}

function isTextVerb({ verb }: Directive): boolean {
  return verb === 'v' || verb === 's'
}

function formatBool(value: GoValue, directive: Directive): string {
  return directive.verb === 't' || directive.verb === 'v'
    ? pad(String(value.raw), directive)
    : badVerb(value, directive.verb)
}

function formatString(value: GoValue, directive: Directive): string {
  const text = truncate(value.raw as string, directive)
  switch (directive.verb) {
    case 'v':
    case 's':
      return pad(text, directive)
    case 'q':
      return pad(quoted(text, directive), directive)
    case 'x':
    case 'X':
      return pad(hexOf(Buffer.from(text), directive), directive)
    default:
      return badVerb(value, directive.verb)
  }
}

function quoted(text: string, { sharp, plus }: Directive): string {
  const plainText = Array.from(text).every((character) => isPrintable(character) && character !== '`')
  return sharp === true && plainText ? `\`${text}\`` : quote(text, { ascii: plus === true })
}

function hexOf(bytes: Buffer, { verb, sharp, space }: Directive): string {
  const prefix = sharp === true ? '0x' : ''
  const digits = bytes.toString('hex')
  const text = space === true ? prefix + digits.replace(/..(?!$)/g, `$& ${prefix}`) : prefix + digits
  const shown = bytes.length === 0 ? '' : text
  return verb === 'X' ? shown.toUpperCase() : shown
}

function isBytesVerb(element: GoType, { verb }: Directive): boolean {
  return 'name' in element && element.name === 'uint8' && ['s', 'q', 'x', 'X'].includes(verb)
}

function formatBytes(items: readonly GoValue[], directive: Directive): string {
  const text = Buffer.from(items.map(({ raw }) => Number(raw))).toString()
  return formatString({ type: { kind: 'string', name: 'string' }, raw: text }, directive)
}

function formatNumber(value: GoValue, directive: Directive): string {
  const { verb, precision, plus, space } = directive
  const kind = { v: 'g', g: 'g', G: 'g', e: 'e', E: 'e', f: 'f', F: 'f' }[verb] as 'e' | 'f' | 'g' | undefined
  if (kind === undefined) return badVerb(value, verb)
  const text = formatFloat(value.raw as number, kind, precision ?? (kind === 'g' ? undefined : 6))
  const sign = /^[-+]/.test(text) ? '' : plus === true ? '+' : space === true ? ' ' : ''
  const shown = sign + (text === '+Inf' && plus !== true ? text : text)
  return padNumber(verb === 'G' || verb === 'E' ? shown.toUpperCase() : shown, directive)
}

function truncate(text: string, { precision }: Directive): string {
  return precision === undefined ? text : Array.from(text).slice(0, precision).join('')
}

function badVerb(value: GoValue, verb: string): string {
  return `%!${verb}(${typeName(value.type)}=${formatNested(value, { verb: 'v' }, 0)})`
}
