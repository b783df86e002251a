/**
 * How long content that nothing refers to is kept from collection after it was uploaded, mounted or looked for: a client
 * that was told "it is there" has this long to push the manifest that needs it.
 */
const leaseMs = 60 * 60 * 1000

/** Renewing each time would make a write of every look. */
const renewAfterMs = leaseMs / 4

/** What collection leaves alone has a lease younger than this: a lease may be this much older than its last use. */
export const graceMsDefault = leaseMs + renewAfterMs

/** Whether a lease of `leasedAt` has to be written anew to protect what was just looked for. */
export function mustRenew(leasedAt: number, now: number): boolean {
  return now - leasedAt > renewAfterMs
}
