import { messageOf } from '@berth/stdx'
import { ExitError } from '../command/exit-error.ts'
import type { Io } from '../command/io.ts'
import { objectFormatter } from '../format/format-object.ts'
import { plainJson } from '../format/go-json.ts'

export interface InspectionOptions {
  io: Io
  /** A template or `json`; '' is an indented array of all. */
  format: string
}

const indentWidth = 4

/** Shows what is found of `names`; what is not is told after it, with status 1. */
export async function printInspection(
  names: readonly string[],
  { io, format }: InspectionOptions,
  find: (name: string) => Promise<unknown>,
): Promise<void> {
  const formatOne = format === '' ? undefined : await objectFormatter(format)
  const found: unknown[] = []
  const failures: unknown[] = []
  for (const name of names)
    await find(name).then(
      (object) => found.push(object),
      (error: unknown) => failures.push(error),
    )
  const text = formatOne ? found.map(formatOne).join('') : `${plainJson(found, indentWidth)}\n`
  io.stdout.write(text)
  if (failures.length > 0) throw new ExitError(1, failures.map(messageOf).join('\n'), { cause: failures[0] })
}
