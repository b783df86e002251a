const nanosecondsPerSecond = 1_000_000_000n
const driftNsMax = 1_000_000_000n

const readAnchor = () => ({ wallNs: BigInt(Date.now()) * 1_000_000n, monotonicNs: process.hrtime.bigint() })
let anchor = readAnchor()

/** Nanoseconds since the epoch: never out of order while the wall clock runs on, and right again after it was set. */
export function nowNanoseconds(): bigint {
  const now = anchor.wallNs + (process.hrtime.bigint() - anchor.monotonicNs)
  const drift = now - BigInt(Date.now()) * 1_000_000n
  if (drift < driftNsMax && drift > -driftNsMax) return now
  anchor = readAnchor()
  return anchor.wallNs
}

/** RFC 3339 with nanoseconds, as Docker writes times. */
export function nowTimestamp(): string {
  return formatTimestamp(nowNanoseconds())
}

/** Nanoseconds since the epoch, also before it, as RFC 3339. */
export function formatTimestamp(nanoseconds: bigint): string {
  const rest = ((nanoseconds % nanosecondsPerSecond) + nanosecondsPerSecond) % nanosecondsPerSecond
  const milliseconds = Number((nanoseconds - rest) / 1_000_000n)
  const fraction = String(rest).padStart(9, '0')
  return `${new Date(milliseconds).toISOString().slice(0, 19)}.${fraction}Z`
}
