import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { openCatalog, type Viewer } from '@berth/catalog'
import { catalogMigrations, MemoryContents } from '@berth/catalog/testsuite'
import { createRegistry, type Registry } from '@berth/registry-server'
import { openSqlDatabase, type SqlDatabase } from '@berth/sql'
import {
  parseRecording,
  replayStatements,
  startPostgresServer,
  type RecordedStatement,
} from '@berth/sql/testsuite'
import { silentLogger } from '@berth/stdx'
import { temporaryDirectory } from '@berth/stdx/testsuite'

/** What the version before says to its database: `record-statements.main.ts`. */
const recording = parseRecording(
  await readFile(join(import.meta.dirname, 'statements-of-before.jsonl'), 'utf8'),
)
/** The catalog's tables as that version has them. The last step was another one then. */
const rename = `
  ALTER TABLE hub_deleted_repositories RENAME TO hub_revocations;
  ALTER TABLE hub_revocations RENAME COLUMN deleted_at TO revoked_at;
`
const migrationsOfBefore = [...catalogMigrations.slice(0, 2), { sqlite: rename, postgres: rename }]
const cuts = 5
const everyone: Viewer = { account: undefined, scope: 'repo:public_read', tokenId: undefined, address: '' }

/** Where no transaction is open, so that another process may come between. */
function listPauses(statements: readonly RecordedStatement[]): number[] {
  let isOpen = false
  return statements.flatMap(({ text }, index) => {
    if (text.startsWith('begin')) isOpen = true
    if (/^(commit|rollback)$/.test(text)) isOpen = false
    return isOpen ? [] : [index + 1]
  })
}

async function openRegistry(database: SqlDatabase, stack: AsyncDisposableStack): Promise<Registry> {
  const directory = await temporaryDirectory(stack)
  return stack.use(await createRegistry({ directory, database, logger: silentLogger }))
}

/** The version before serves, the new one starts beside it and works, and the other goes on. */
async function upgradeAt(location: string, cut: number): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const before = stack.use(await openSqlDatabase(location))
  await before.migrate('catalog', migrationsOfBefore)
  // The registry's tables are the same as they were.
  await openRegistry(before, stack)
  const statements = recording[before.kind]
  await replayStatements(before, statements.slice(0, cut))
  const database = stack.use(await openSqlDatabase(location))
  const registry = await openRegistry(database, stack)
  const catalog = stack.use(await openCatalog({ database, contents: new MemoryContents() }))
  const names = async (text: string) =>
    (await catalog.repositories.search(everyone, { text, page: 1, size: 25 })).entries.map(({ name }) => name)
  await names('app')
  // Beside both of them, as a hub does that serves already.
  const filling = catalog.fillSearch()
  await replayStatements(before, statements.slice(cut))
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
  const pauses = listPauses(statements)
  assert.ok(pauses.length > 100)
  for (let index = 0; index <= cuts; index++)
    await upgradeAt(await location(), pauses[Math.round(((pauses.length - 1) * index) / cuts)] ?? 0)
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
