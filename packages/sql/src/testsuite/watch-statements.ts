import { DatabaseSync, StatementSync } from 'node:sqlite'
import { Client } from 'pg'
import type { RecordedStatement } from './recorded-statements.ts'

type Method = (...args: unknown[]) => unknown

/** From now on tells of each statement that this process gives to a database, whichever component does; for ever. */
export function watchStatements(note: (statement: RecordedStatement) => void): void {
  const texts = new WeakMap<object, string>()
  wrap(DatabaseSync.prototype, 'prepare', (args, statement) => {
    texts.set(statement as object, String(args[0]))
  })
  for (const method of ['all', 'run'])
    wrap(StatementSync.prototype, method, (args, _result, statement) => {
      note({ text: texts.get(statement) ?? '', values: args.map(orNull) })
    })
  wrap(Client.prototype, 'query', ([text, values = []]) => {
    if (typeof text === 'string') note({ text, values: (values as unknown[]).map(orNull) })
  })
}

const orNull = (value: unknown): unknown => value ?? null

function wrap(
  prototype: object,
  name: string,
  see: (args: unknown[], result: unknown, self: object) => void,
): void {
  const methods = prototype as Record<string, Method>
  const original = methods[name]
  methods[name] = function (this: object, ...args: unknown[]) {
    const result = original?.apply(this, args)
    see(args, result, this)
    return result
  }
}
