/** Longer waits are cut to this: better to ask once too early than to hang. */
const capMs = 60_000

/** Reads `Retry-After`, seconds or an HTTP date (RFC 9110 section 10.2.3); undefined when there is none to read. */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined
  const text = header.trim()
  const waitMs = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - nowMs
  return Number.isNaN(waitMs) ? undefined : Math.min(Math.max(waitMs, 0), capMs)
}
