export { openSqlDatabase } from './open-sql-database.ts'
export { openSqliteDatabase } from './sqlite-database.ts'
export type { SqlDatabase, SqlKind, SqlMigration, SqlTables, SqlWrites } from './sql-database.ts'
