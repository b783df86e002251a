import { equals, isLess } from './compare.ts'
import { elementAt, lengthOf, sliceOfValue } from './element.ts'
import { escapeHtml, escapeQuery, escapeScript } from './escape.ts'
import { formatAll, formatValue } from './format-value.ts'
import { anyType, stringType, typeName } from './go-type.ts'
import {
  boolValue,
  type GoValue,
  indirect,
  intValue,
  isTrue,
  stringValue,
  unwrapInterface,
} from './go-value.ts'
import { printf } from './printf.ts'
import type { TemplateFunction } from './template-function.ts'

type Arguments = (GoValue | undefined)[]

/** A function of any number of values, of which the first may be required. */
const variadic = (call: TemplateFunction['call'], fixed = 0): TemplateFunction => ({
  parameters: Array.from({ length: fixed + 1 }, () => 'any' as const),
  isVariadic: true,
  call,
})

const compareTwo = (
  call: (one: GoValue | undefined, other: GoValue | undefined) => boolean,
): TemplateFunction => ({
  parameters: ['any', 'any'],
  call: (one, other) => boolValue(call(one, other)),
})

const escaper = (escape: (text: string) => string): TemplateFunction =>
  variadic((...args) => stringValue(escape(textOf(args))))

const printer = (print: (args: Arguments) => string): TemplateFunction => ({
  parameters: [anyType],
  isVariadic: true,
  call: (...args) => stringValue(print(args.map(unwrapInterface))),
})

/** Pointers show what they point to, as where a template prints. */
function textOf(args: Arguments): string {
  return formatAll(args.map((value) => printable(value)))
}

function printable(value: GoValue | undefined): GoValue {
  if (value === undefined) return stringValue('<no value>')
  return value.type.kind === 'pointer' ? indirect(value).value : value
}

const isLessOrEqual = (one: GoValue | undefined, other: GoValue | undefined): boolean =>
  isLess(one, other) || equals(one, [other])

function callOf(value: GoValue | undefined): never {
  const target = unwrapInterface(value)
  if (target === undefined) throw new Error('call of nil')
  throw new Error(`non-function ${formatValue(target)} of type ${typeName(target.type)}`)
}

/** The functions that Go's text/template has of itself. `and` and `or` are evaluated where their arguments are. */
export const builtinFunctions: Readonly<Record<string, TemplateFunction>> = {
  and: variadic((first) => first, 1),
  or: variadic((first) => first, 1),
  not: { parameters: ['any'], call: (value) => boolValue(!isTrue(unwrapInterface(value))) },
  call: variadic(callOf, 1),
  eq: variadic((first, ...others) => boolValue(equals(first, others)), 1),
  ne: compareTwo((one, other) => !equals(one, [other])),
  lt: compareTwo(isLess),
  le: compareTwo(isLessOrEqual),
  gt: compareTwo((one, other) => !isLessOrEqual(one, other)),
  ge: compareTwo((one, other) => !isLess(one, other)),
  html: escaper(escapeHtml),
  js: escaper(escapeScript),
  urlquery: escaper(escapeQuery),
  index: variadic((item, ...indexes) => elementAt(item, indexes), 1),
  slice: variadic((item, ...indexes) => sliceOfValue(item, indexes), 1),
  len: { parameters: ['any'], call: (item) => intValue(lengthOf(item)) },
  print: printer((args) => formatAll(args)),
  println: printer((args) => `${args.map(formatValue).join(' ')}\n`),
  printf: {
    parameters: [stringType, anyType],
    isVariadic: true,
    call: (format, ...args) => stringValue(printf(String(format?.raw), args.map(unwrapInterface))),
  },
}
