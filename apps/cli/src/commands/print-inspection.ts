import { messageOf } from '@berth/stdx'
import { ExitError } from '../command/exit-error.ts'
import type { Io } from '../command/io.ts'
import { objectFormatter } from '../format/format-object.ts'
import { plainJson } from '../format/go-json.ts'
import type { GoType } from '../template/go-type.ts'

export interface InspectionOptions {
  io: Io
  /** A template or `json`; '' is an indented array of all. */
  format: string
}

export interface Inspected {
  object: unknown
  /** Go's type of it, for templates. */
  loadType?: () => Promise<GoType>
}

const indentWidth = 4

/** Shows what is found of `names`; what is not is told after it, with status 1. */
export async function printInspection(
  names: readonly string[],
  { io, format }: InspectionOptions,
  find: (name: string) => Promise<Inspected>,
): Promise<void> {
  const formatOne = format === '' ? undefined : await objectFormatter(format)
  const found: Inspected[] = []
  const failures: unknown[] = []
  for (const name of names) {
    await find(name).then(
      (one) => found.push(one),
      (error: unknown) => failures.push(error),
    )
  }
  if (formatOne) for (const { object, loadType } of found) io.stdout.write(await formatOne(object, loadType))
  else
    io.stdout.write(
      `${plainJson(
        found.map(({ object }) => object),
        indentWidth,
      )}\n`,
    )
  if (failures.length > 0) throw new ExitError(1, failures.map(messageOf).join('\n'), { cause: failures[0] })
}
