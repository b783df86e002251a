import { CodedError } from '@berth/stdx'
import { scanObject, type ScannedObject } from './scan-object.ts'

const usualIndent = '  '

/**
 * The text of an object with one member set; all else stays as it is written, and an empty text is an empty object.
 * Throws `invalid-argument`, with line and column, for what is no object, and for a key that is there twice.
 */
export function withMember(text: string, key: string, value: unknown): string {
  if (text.trim() === '') return `${written({ [key]: value }, '')}\n`
  const object = scanObject(text)
  const [known, another] = object.members.filter((member) => member.key === key)
  if (another) throw new CodedError('invalid-argument', `${JSON.stringify(key)} is there twice`)
  const indent = indentOf(text, object)
  if (known) {
    const next = written(value, indent)
    return text.slice(0, known.valueStart) + next + text.slice(known.valueEnd)
  }
  const member = `${JSON.stringify(key)}: ${written(value, indent)}`
  const last = object.members.at(-1)
  if (!last) return `${text.slice(0, object.start)}{\n${indent}${member}\n}${text.slice(object.end)}`
  const gap = isSpread(text, object) ? `\n${indent}` : ' '
  return `${text.slice(0, last.valueEnd)},${gap}${member}${text.slice(last.valueEnd)}`
}

/** Whether members have lines of their own. */
const isSpread = (text: string, { start, members: [first] }: ScannedObject): boolean =>
  first !== undefined && text.slice(start, first.keyStart).includes('\n')

function indentOf(text: string, object: ScannedObject): string {
  const [first] = object.members
  if (!first || !isSpread(text, object)) return usualIndent
  return text.slice(text.lastIndexOf('\n', first.keyStart) + 1, first.keyStart)
}

/** As it stands in a line that is indented so; a list of one is short enough for it. */
function written(value: unknown, indent: string): string {
  if (Array.isArray(value) && value.length <= 1) return JSON.stringify(value)
  return JSON.stringify(value, undefined, indent || usualIndent).replaceAll('\n', `\n${indent}`)
}
