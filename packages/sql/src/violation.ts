/** What a statement broke of its table's rules. */
export type Violation = 'unique' | 'foreign-key'

/** PostgreSQL, "Appendix A. Error Codes"; SQLite, "Extended Result Codes" (primary keys are unique too). */
const violations: ReadonlyMap<unknown, Violation> = new Map<unknown, Violation>([
  ['23505', 'unique'],
  ['23503', 'foreign-key'],
  [2067, 'unique'],
  [1555, 'unique'],
  [787, 'foreign-key'],
])

/** Which rule it was that a failed statement broke; undefined for other failures. */
export function findViolation(error: unknown): Violation | undefined {
  const { code, errcode } = (error ?? {}) as { code?: unknown; errcode?: unknown }
  return violations.get(errcode) ?? violations.get(code)
}
