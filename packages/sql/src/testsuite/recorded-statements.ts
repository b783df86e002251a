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

/** Cut where no transaction is open. */
export function listTransactions(statements: readonly RecordedStatement[]): RecordedStatement[][] {
  const transactions: RecordedStatement[][] = []
  let open: RecordedStatement[] = []
  for (const statement of statements) {
    open.push(statement)
    const begins = open[0]?.text.startsWith('begin') === true
    if (begins && !/^(commit|rollback)$/.test(statement.text)) continue
    transactions.push(open)
    open = []
  }
  return transactions
}

/**
 * Runs them in their order on one connection, with a pause after each. Throws what tells the statement that failed; the
 * transaction that it was in is undone.
 */
export async function replayStatements(
  database: SqlDatabase,
  statements: readonly RecordedStatement[],
  pause: () => Promise<unknown> = async () => {},
): Promise<void> {
  await database
    .tables<object>()
    .db.connection()
    .execute(async (connection) => {
      for (const { text, values } of statements) {
        // SQLite says how a transaction begins by itself.
        const statement = CompiledQuery.raw(text.replace(/^begin immediate$/, 'begin'), [...values])
        await connection.executeQuery(statement).catch(async (error: unknown) => {
          await connection.executeQuery(CompiledQuery.raw('rollback')).catch(() => {})
          throw new Error(`The version before fails with ${text}`, { cause: error })
        })
        await pause()
      }
    })
}
