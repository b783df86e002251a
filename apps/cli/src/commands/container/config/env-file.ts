import { CodedError } from '@berth/stdx'
import { readFile } from 'node:fs/promises'
import { localError } from '../../../command/local-error.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** `KEY=value` lines of files, then the texts; a key alone takes its value from `environment`, or unsets
 * what the image has. */
export async function readEnvironment(
  files: readonly string[],
  texts: readonly string[],
  environment: Environment,
): Promise<string[]> {
  const lines = [...(await readLines(files)), ...texts]
  return lines.map((line) => {
    if (line.includes('=')) return line
    const value = environment[line]
    return value === undefined ? line : `${line}=${value}`
  })
}

/** `key=value` lines of files, then the texts; a key alone has an empty value. */
export async function readLabels(
  files: readonly string[],
  texts: readonly string[],
): Promise<Record<string, string>> {
  const lines = [...(await readLines(files)), ...texts]
  return Object.fromEntries(
    lines.map((line) => {
      const equals = line.indexOf('=')
      return equals < 0 ? [line, ''] : [line.slice(0, equals), line.slice(equals + 1)]
    }),
  )
}

export function checkVariable(text: string): void {
  if (text === '' || text.startsWith('='))
    throw new CodedError('invalid-argument', `invalid environment variable: ${text}`)
}

export function checkLabel(text: string): void {
  if (text === '' || text.startsWith('='))
    throw new CodedError('invalid-argument', `invalid label '${text}': empty name`)
}

/** Lines that hold something: comments begin with `#`; white space before a line is not part of it. */
async function readLines(files: readonly string[]): Promise<string[]> {
  const texts = await Promise.all(files.map(readText))
  return texts.flatMap(({ file, text }) =>
    text
      .replace(/^\uFEFF/, '')
      .split(/\r?\n/)
      .map((line) => line.trimStart())
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => checkKey(line, file)),
  )
}

async function readText(file: string): Promise<{ file: string; text: string }> {
  try {
    return { file, text: await readFile(file, 'utf8') }
  } catch (error) {
    throw localError(error, `open ${file}`)
  }
}

function checkKey(line: string, file: string): string {
  const key = line.split('=', 1)[0] ?? ''
  if (key === '')
    throw new CodedError('invalid-argument', `invalid env file (${file}): no variable name on line '${line}'`)
  if (/\s/.test(key))
    throw new CodedError(
      'invalid-argument',
      `invalid env file (${file}): variable '${key}' contains whitespaces`,
    )
  return line
}
