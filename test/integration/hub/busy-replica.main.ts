import { setTimeout as sleep } from 'node:timers/promises'
import { openSqlDatabase, type SqlDatabase } from '@berth/sql'
import { replayStatements, type RecordedStatement } from '@berth/sql/testsuite'

/**
 * A replica of the version before, as its database sees it: does the transactions that it is told again and again, each of
 * them for a while, until it is told to end. Then it says how that went.
 */
export interface BusyOrder {
  location: string
  transactions: readonly (readonly RecordedStatement[])[]
}

export interface BusyReport {
  done: number
  slowestMs: number
  failures: readonly string[]
}

const statementMsMax = 4
/** What was committed is on its way to the disk, and the next requests come. */
const betweenMsMax = 20
/** What the version before runs again by itself, or tells who asked for it: `RetriedWrites`, `findViolation`. */
const expected = /^(40P01|40001|23505)$|UNIQUE constraint failed/

const ending = new AbortController()

async function work({ location, transactions }: BusyOrder): Promise<void> {
  await using database = await openSqlDatabase(location)
  const report = { done: 0, slowestMs: 0, failures: [] as string[] }
  while (!ending.signal.aborted) {
    const transaction = transactions[Math.floor(Math.random() * transactions.length)] ?? []
    try {
      report.slowestMs = Math.max(report.slowestMs, await timeTransaction(database, transaction))
      report.done++
    } catch (error) {
      const [last, ...rest] = causesOf(error).toReversed()
      if (!isExpected(last)) report.failures.push([...rest.toReversed(), last].join(': '))
    }
    process.send?.(report)
    await sleep(Math.random() * betweenMsMax)
  }
  process.disconnect?.()
}

/** How long the database took for it. */
async function timeTransaction(
  database: SqlDatabase,
  transaction: readonly RecordedStatement[],
): Promise<number> {
  let pausedMs = 0
  const beginMs = performance.now()
  await replayStatements(database, transaction, async () => {
    const pauseMs = performance.now()
    await sleep(Math.random() * statementMsMax)
    pausedMs += performance.now() - pauseMs
  })
  return performance.now() - beginMs - pausedMs
}

function causesOf(error: unknown): unknown[] {
  return error instanceof Error && error.cause !== undefined ? [error, ...causesOf(error.cause)] : [error]
}

function isExpected(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return expected.test(error.message) || ('code' in error && expected.test(String(error.code)))
}

process.on('message', (message) => {
  if (message === 'end') ending.abort()
  else void work(message as BusyOrder)
})
