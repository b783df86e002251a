import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { openCatalog, type Viewer } from '@berth/catalog'
import { MemoryContents } from '@berth/catalog/testsuite'
import { openSqlDatabase, type SqlDatabase } from '@berth/sql'
import {
  listTransactions,
  replayStatements,
  startPostgresServer,
  type RecordedStatement,
} from '@berth/sql/testsuite'
import { eventually, temporaryDirectory } from '@berth/stdx/testsuite'
import type { BusyOrder, BusyReport } from './busy-replica.main.ts'
import { openBefore, openRegistry, recording } from './version-before.ts'

const replicas = 2
/** Somebody looks at a table for so long: a dump, an operator. */
const lookMs = 4000
/** Who works meanwhile must not wait for that. */
const waitMsMax = 3000
const workMs = 30_000
const everyone: Viewer = { account: undefined, scope: 'repo:public_read', tokenId: undefined, address: '' }

/** Of a day, those that can be done a second time. */
async function findRepeatable(database: SqlDatabase, transactions: readonly RecordedStatement[][]) {
  const repeatable: RecordedStatement[][] = []
  for (const transaction of transactions) {
    const isDone = await replayStatements(database, transaction).then(
      () => true,
      () => false,
    )
    if (isDone) repeatable.push(transaction)
  }
  return repeatable
}

class BusyReplica implements AsyncDisposable {
  readonly #process = fork(join(import.meta.dirname, 'busy-replica.main.ts'))
  report: BusyReport = { done: 0, slowestMs: 0, failures: [] }

  constructor(order: BusyOrder) {
    this.#process.on('message', (report) => {
      this.report = report as BusyReport
    })
    this.#process.send(order)
  }

  async end(): Promise<BusyReport> {
    this.#process.send('end')
    await once(this.#process, 'exit')
    return this.report
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    this.#process.kill('SIGKILL')
    await once(this.#process, 'exit')
  }
}

async function upgradeBeside(location: string): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const before = await openBefore(location, stack)
  const day = listTransactions(recording[before.kind])
  // In the afternoon most of what is worked on is there.
  const past = day.slice(0, Math.round(day.length * 0.8))
  await replayStatements(before, past.flat())
  const transactions = await findRepeatable(before, past)
  assert.ok(transactions.length > 40, `${transactions.length} transactions`)
  const busy = Array.from({ length: replicas }, () => stack.use(new BusyReplica({ location, transactions })))
  const work = (count: number) =>
    eventually(() => {
      for (const { report } of busy) assert.ok(report.done >= count, `${report.done} transactions`)
    }, workMs)
  await work(20)
  const looking = lookAt(before)
  const database = stack.use(await openSqlDatabase(location))
  const registry = await openRegistry(database, stack)
  const catalog = stack.use(await openCatalog({ database, contents: new MemoryContents() }))
  const filling = catalog.fillSearch()
  await looking
  const sofar = Math.max(...busy.map(({ report }) => report.done))
  await work(sofar + 50)
  await filling
  for (const { failures, slowestMs } of await Promise.all(busy.map((replica) => replica.end()))) {
    assert.deepEqual(failures, [])
    assert.ok(slowestMs < waitMsMax, `a transaction waited ${slowestMs} ms`)
  }
  await registry.checkHealth()
  const repositories = database.tables<{ hub_repositories: { name: string; is_private: number } }>().db
  const rows = await repositories.selectFrom('hub_repositories').select(['name', 'is_private']).execute()
  assert.ok(rows.length > 2)
  for (const { name, is_private: isPrivate } of rows) {
    const { entries } = await catalog.repositories.search(everyone, { text: name, page: 1, size: 25 })
    const isFound = entries.some((entry) => entry.name === name)
    assert.equal(isFound, isPrivate === 0, `${name} is found as it is seen`)
  }
}

/** A transaction that reads for seconds what the next version changes. */
function lookAt(database: SqlDatabase): Promise<void> {
  const begin = database.kind === 'sqlite' ? 'begin deferred' : 'begin'
  const look = [begin, 'select count(*) from hub_search', 'commit'].map((text) => ({ text, values: [] }))
  return replayStatements(database, look, () => sleep(lookMs / look.length))
}

test('two busy replicas of the version before notice nothing of the new one that starts beside them, on SQLite', async () => {
  await using stack = new AsyncDisposableStack()
  await upgradeBeside(join(await temporaryDirectory(stack), 'hub.db'))
})

const server = await startPostgresServer()
after(() => server?.[Symbol.asyncDispose]())
test(
  'two busy replicas of the version before notice nothing of the new one that starts beside them, on PostgreSQL',
  { skip: !server && 'PostgreSQL is not installed' },
  async () => upgradeBeside((await server?.createDatabase()) ?? ''),
)
