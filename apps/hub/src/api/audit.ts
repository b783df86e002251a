import type { AuditEntry } from '@berth/catalog'
import { CodedError } from '@berth/stdx'
import { ok, route } from './api-call.ts'
import { isoTime } from './fields.ts'
import { parsePaging } from './list-page.ts'

/** What was done in a namespace, as Docker Hub shows it. */
export const auditRoutes = [
  route('GET', '/v2/auditlogs/:namespace', async ({ catalog, viewer, params, url }) => {
    const action = url.searchParams.get('action')
    const from = parseTime(url.searchParams, 'from')
    const to = parseTime(url.searchParams, 'to')
    const { count, entries } = await catalog.audit.listAudit(viewer, params['namespace'] ?? '', {
      ...parsePaging(url.searchParams),
      ...(action !== null && { action }),
      ...(from !== undefined && { from }),
      ...(to !== undefined && { to }),
    })
    return ok({ count, logs: entries.map((entry) => formatEntry(params['namespace'] ?? '', entry)) })
  }),
]

function parseTime(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name)
  if (text === null || text === '') return undefined
  const time = /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?$/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isFinite(time)) return time
  throw new CodedError('invalid-argument', `Cannot read ${name}: it is not a date and time (RFC 3339)`)
}

function formatEntry(account: string, { at, action, actor, address, subject, detail }: AuditEntry) {
  return {
    account,
    action,
    name: subject,
    actor: actor ?? null,
    data: { ...detail, ip: address },
    timestamp: isoTime(at),
  }
}
