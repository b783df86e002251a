import type { HostCheck } from './host-check.ts'

const marks = { ok: 'ok', warning: 'warning', missing: 'MISSING' } as const satisfies Record<
  HostCheck['status'],
  string
>

/** One line a check, its hint indented below; ends without a newline. */
export function formatHostChecks(checks: readonly HostCheck[]): string {
  const width = Math.max(...checks.map(({ name }) => name.length))
  return checks
    .flatMap(({ name, status, detail, hint }) => [
      `${marks[status].padEnd(8)} ${name.padEnd(width)}  ${detail}`,
      ...(hint ? [`${' '.repeat(9 + width)}  → ${hint}`] : []),
    ])
    .join('\n')
}
