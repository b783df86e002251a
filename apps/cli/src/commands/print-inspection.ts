import { messageOf } from '@berth/stdx'
import { ExitError } from '../command/exit-error.ts'
import type { Io } from '../command/io.ts'
import { objectFormatter } from '../format/format-object.ts'
import { plainJson } from '../format/go-json.ts'
import type { GoType } from '../template/go-type.ts'

export interface InspectionOptions {
  io: Io
  /** A template; `json` is an array of all on one line, '' one that is indented. */
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
  const isJson = format.trim() === 'json'
  const formatOne = format === '' || isJson ? undefined : await objectFormatter(format)
  const objects: unknown[] = []
  const failures: unknown[] = []
  let text = ''
  for (const name of names) {
    try {
      const { object, loadType } = await find(name)
      objects.push(object)
      if (formatOne) text += await formatOne(object, loadType)
    } catch (error) {
      failures.push(error)
    }
  }
  const list = () => `${plainJson(objects, isJson ? undefined : indentWidth)}\n`
  // A template that makes nothing of anything still ends its line.
  io.stdout.write(formatOne ? text || '\n' : list())
  if (failures.length > 0) throw new ExitError(1, failures.map(messageOf).join('\n'), { cause: failures[0] })
}
