import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { openCatalog, type Viewer } from '@berth/catalog'
import { MemoryContents } from '@berth/catalog/testsuite'
import { openSqlDatabase } from '@berth/sql'
import {
  listTransactions,
  replayStatements,
  startPostgresServer,
  type RecordedStatement,
} from '@berth/sql/testsuite'
import { temporaryDirectory } from '@berth/stdx/testsuite'
import { openBefore, openRegistry, recording } from './version-before.ts'

const cuts = 5
const everyone: Viewer = { account: undefined, scope: 'repo:public_read', tokenId: undefined, address: '' }

/** The version before serves, the new one starts beside it and works, and the other goes on. */
async function upgradeAt(location: string, cut: number): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const before = await openBefore(location, stack)
  const transactions = listTransactions(recording[before.kind])
  await replayStatements(before, transactions.slice(0, cut).flat())
  const database = stack.use(await openSqlDatabase(location))
  const registry = await openRegistry(database, stack)
  const catalog = stack.use(await openCatalog({ database, contents: new MemoryContents() }))
  const names = async (text: string) =>
    (await catalog.repositories.search(everyone, { text, page: 1, size: 25 })).entries.map(({ name }) => name)
  await names('app')
  // Beside both of them, as a hub does that serves already.
  const filling = catalog.fillSearch()
  await replayStatements(before, transactions.slice(cut).flat())
  await filling
  await registry.checkHealth()
  assert.deepEqual((await names('app')).toSorted(), ['makers/app1', 'makers/app2'], `upgraded at ${cut}`)
  assert.deepEqual((await names('ada')).toSorted(), ['ada/made', 'ada/pushed'])
  assert.deepEqual(await names('changed round'), await names('app'), 'what was changed is found as it is')
  const login = await catalog.accounts.signIn('bob', 'the password of bob')
  assert.ok(login)
  assert.equal(await catalog.registry.permissionFor(login, 'makers/app1'), 'write')
}

async function testUpgrades(location: () => Promise<string>, statements: readonly RecordedStatement[]) {
  const { length } = listTransactions(statements)
  assert.ok(length > 100)
  for (let index = 0; index <= cuts; index++)
    await upgradeAt(await location(), Math.round((length * index) / cuts))
}

test('the version before goes on working while and after the new one migrates, on SQLite', async () => {
  await using stack = new AsyncDisposableStack()
  const directory = await temporaryDirectory(stack)
  let count = 0
  await testUpgrades(async () => join(directory, `${++count}.db`), recording.sqlite)
})

const server = await startPostgresServer()
after(() => server?.[Symbol.asyncDispose]())
test(
  'the version before goes on working while and after the new one migrates, on PostgreSQL',
  { skip: !server && 'PostgreSQL is not installed' },
  () => testUpgrades(async () => (await server?.createDatabase()) ?? '', recording.postgres),
)
