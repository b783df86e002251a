/** Every wait of the client has a limit; all in milliseconds. */
export interface Timeouts {
  /** Name lookup, TCP and TLS together. */
  connectMs: number
  /** The same for a mirror: shorter, because somebody else can answer. */
  mirrorConnectMs: number
  /** From the request sent to the response header. */
  responseMs: number
  /** A body that brings less than a few KiB in this time is given up and asked for again. */
  stallMs: number
  /** From the last byte of an upload to its confirmation: a registry may check and move all of it in between. */
  commitMs: number
  /** After so long a large blob that comes slowly is fetched over several connections. */
  patienceMs: number
  /** First wait before the same host is asked again; doubles each time. */
  retryBaseMs: number
  /** How long a mirror that failed is asked last. */
  mirrorDownMs: number
}

export const defaultTimeouts: Timeouts = {
  connectMs: 15_000,
  mirrorConnectMs: 5_000,
  responseMs: 30_000,
  stallMs: 30_000,
  commitMs: 300_000,
  patienceMs: 3_000,
  retryBaseMs: 1_000,
  mirrorDownMs: 60_000,
}
