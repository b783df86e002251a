export type { GroupCommit } from './group-commit.ts'
export { openSqlDatabase } from './open-sql-database.ts'
export { openSqliteDatabase } from './sqlite-database.ts'
export type { SqlDatabase, SqlKind, SqlMigration, SqlTables } from './sql-database.ts'
