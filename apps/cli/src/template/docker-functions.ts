import { formatValue } from './format-value.ts'
import { encodeJson } from './go-json.ts'
import { anyType, intType, sliceOf, stringType, typeName } from './go-type.ts'
import {
  elementsOf,
  entriesOf,
  type GoValue,
  isMap,
  isSlice,
  stringValue,
  unwrapInterface,
} from './go-value.ts'
import type { TemplateFunction } from './template-function.ts'

const textOf = (value: GoValue | undefined): string => String(value?.raw)
const numberOf = (value: GoValue | undefined): number => Number(value?.raw)

const textFunction = (change: (text: string) => string): TemplateFunction => ({
  parameters: [stringType],
  call: (text) => stringValue(change(textOf(text))),
})

/** Go changes the case of one character into one character, whatever the language would do. */
function upperCase(character: string): string {
  const upper = Array.from(character.toUpperCase())
  return upper.length === 1 ? upper.join('') : character
}

function lowerCase(character: string): string {
  return Array.from(character.toLowerCase())[0] ?? character
}

function eachCharacter(text: string, change: (character: string) => string): string {
  return Array.from(text, change).join('')
}

/** A letter begins a word when what is before it is neither letter, digit nor underscore. */
function title(text: string): string {
  return text.replaceAll(/(?<![\p{L}\p{Nd}_])\p{L}/gu, (letter) => upperCase(letter))
}

function split(text: string, separator: string): string[] {
  if (separator === '') return Array.from(text)
  return text.split(separator)
}

function join(value: GoValue | undefined, separator: string): string {
  const list = unwrapInterface(value)
  if (list === undefined) return ''
  if (isSlice(list))
    return elementsOf(list)
      .map((item) => formatValue(unwrapInterface(item)))
      .join(separator)
  if (isMap(list))
    return entriesOf(list)
      .map(([, item]) => formatValue(unwrapInterface(item)))
      .join(separator)
  throw new Error(`expected slice, got ${typeName(list.type)}`)
}

function spaces(count: number): string {
  if (count < 0) throw new Error('strings: negative Repeat count')
  return ' '.repeat(count)
}

function pad(text: string, before: number, after: number): string {
  return text === '' ? '' : spaces(before) + text + spaces(after)
}

/** Lengths are of bytes. */
function truncate(text: string, length: number): string {
  const bytes = Buffer.from(text)
  if (length < 0) throw new Error(`runtime error: slice bounds out of range [:${length}]`)
  return bytes.length < length ? text : bytes.subarray(0, length).toString()
}

/** What Docker's command line adds to Go's functions. */
export const dockerFunctions: Readonly<Record<string, TemplateFunction>> = {
  json: { parameters: [anyType], call: (value) => stringValue(encodeJson(value)) },
  split: {
    parameters: [stringType, stringType],
    call: (text, separator) => ({ type: sliceOf(stringType), raw: split(textOf(text), textOf(separator)) }),
  },
  join: {
    parameters: ['any', stringType],
    call: (list, separator) => stringValue(join(list, textOf(separator))),
  },
  title: textFunction(title),
  lower: textFunction((text) => eachCharacter(text, lowerCase)),
  upper: textFunction((text) => eachCharacter(text, upperCase)),
  pad: {
    parameters: [stringType, intType, intType],
    call: (text, before, after) => stringValue(pad(textOf(text), numberOf(before), numberOf(after))),
  },
  truncate: {
    parameters: [stringType, intType],
    call: (text, length) => stringValue(truncate(textOf(text), numberOf(length))),
  },
}

const unchanged = (count: number): TemplateFunction => ({
  parameters: Array.from({ length: count }, () => 'any' as const),
  call: (text) => text,
})

/** The same functions where a template makes the heading of a table: they leave it as it is. */
export const headingFunctions: Readonly<Record<string, TemplateFunction>> = {
  ...dockerFunctions,
  json: unchanged(1),
  split: unchanged(2),
  join: unchanged(2),
  title: unchanged(1),
  lower: unchanged(1),
  upper: unchanged(1),
  truncate: unchanged(2),
}
