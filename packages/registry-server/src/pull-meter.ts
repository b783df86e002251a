/** A read of a manifest by a client. */
export interface MeteredPull {
  /** Who asks, as far as the access policy knows. */
  account: string | undefined
  /** Where the request comes from. */
  address: string
  /** False for a question (HEAD), which is told how things are and costs nothing. */
  isCounted: boolean
}

/**
 * Counts what clients read. Returns the headers that tell a client what is left to it; throws TOO_MANY_REQUESTS when
 * nothing is.
 */
export type PullMeter = (pull: MeteredPull) => Promise<Readonly<Record<string, string>>>
