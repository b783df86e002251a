import { after, describe } from 'node:test'
import { startPostgresServer } from '@berth/sql/testsuite'
import {
  openTemporaryCatalog,
  type TemporaryCatalog,
  type TemporaryCatalogOptions,
} from './temporary-catalog.ts'

type Open = (options?: TemporaryCatalogOptions) => Promise<TemporaryCatalog>

/** Runs the same tests on SQLite and on PostgreSQL, each with a way to open a new catalog. */
export async function testOnBothDatabases(subject: string, tests: (open: Open) => void): Promise<void> {
  const server = await startPostgresServer()
  after(() => server?.[Symbol.asyncDispose]())
  describe(`${subject} on SQLite`, () => tests(openTemporaryCatalog))
  describe(`${subject} on PostgreSQL`, { skip: !server && 'PostgreSQL is not installed' }, () =>
    tests(async (options) =>
      openTemporaryCatalog({ ...options, location: (await server?.createDatabase()) ?? ':memory:' }),
    ),
  )
}
