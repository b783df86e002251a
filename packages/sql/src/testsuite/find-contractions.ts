import type { SqlMigration } from '../sql-database.ts'

/** What a program of the version before may not survive: it takes away, renames, or wants what that program does not say. */
const contractions: readonly RegExp[] = [
  /^DROP\b/,
  /^ALTER TABLE\b.*\b(DROP|RENAME|TYPE|SET NOT NULL|ADD (CONSTRAINT|CHECK|UNIQUE|PRIMARY|FOREIGN))\b/,
  /^ALTER TABLE\b.*\bADD COLUMN\b(?=.*\bNOT NULL\b)(?!.*\bDEFAULT\b)/,
  /^(DELETE|TRUNCATE)\b/,
  /^CREATE UNIQUE INDEX\b/,
]

/** Statements of `migrations` that do not only add, but for tables that the same step makes. */
export function findContractions(migrations: readonly SqlMigration[]): string[] {
  return migrations.flatMap(({ sqlite, postgres, contractsSince }) =>
    contractsSince === undefined
      ? [sqlite, postgres].flatMap((text) => statementsOf(text).filter(isContraction))
      : [],
  )
}

function isContraction(statement: string): boolean {
  return contractions.some((pattern) => pattern.test(statement))
}

/** In one line each. What triggers and functions say in their bodies changes nothing by itself. */
function statementsOf(text: string): string[] {
  return text
    .replaceAll(/\$\$.*?\$\$/gs, '')
    .replaceAll(/(CREATE TRIGGER\b[^;]*?)\bBEGIN\b.*?\bEND;/gs, '$1;')
    .split(';')
    .map((statement) => statement.replaceAll(/\s+/g, ' ').trim())
    .filter((statement) => statement !== '')
}
