import { CompiledQuery } from 'kysely'
import type { SqlDatabase, SqlKind } from '../sql-database.ts'

export interface RecordedStatement {
  text: string
  values: readonly unknown[]
}

type Recording = Readonly<Record<SqlKind, readonly RecordedStatement[]>>

/** A line for each statement. A text that was there before is the number of its line, from 0. */
export function formatRecording(recording: Recording): string {
  const lines: string[] = []
  const known = new Map<string, number>()
  for (const [kind, statements] of Object.entries(recording))
    for (const { text, values } of statements) {
      const line = JSON.stringify([kind, known.get(text) ?? text, values])
      known.set(text, known.get(text) ?? lines.length)
      lines.push(line)
    }
  return `${lines.join('\n')}\n`
}

export function parseRecording(content: string): Recording {
  const recording: Record<SqlKind, RecordedStatement[]> = { sqlite: [], postgres: [] }
  const texts: string[] = []
  for (const line of content.trim().split('\n')) {
    const [kind, said, values] = JSON.parse(line) as [SqlKind, string | number, unknown[]]
    const text = typeof said === 'number' ? (texts[said] ?? '') : said
    texts.push(text)
    recording[kind].push({ text, values })
  }
  return recording
}

/** Runs them in their order on one connection. Throws what tells the statement that failed. */
export async function replayStatements(
  database: SqlDatabase,
  statements: readonly RecordedStatement[],
): Promise<void> {
  await database
    .tables<object>()
    .db.connection()
    .execute(async (connection) => {
      for (const { text, values } of statements) {
        // SQLite says how a transaction begins by itself.
        const statement = CompiledQuery.raw(text.replace(/^begin immediate$/, 'begin'), [...values])
        await connection.executeQuery(statement).catch((error: unknown) => {
          throw new Error(`The version before fails with ${text}`, { cause: error })
        })
      }
    })
}
