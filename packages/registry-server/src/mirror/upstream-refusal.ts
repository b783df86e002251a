import { RegistryError, type RegistryErrorKind } from '../registry-error.ts'
import { UpstreamError, type UpstreamErrorKind } from './upstream.ts'

/** What clients are told when an upstream does not deliver: the truth, so that they can tell "not there" from "not now". */
const told: Readonly<Record<Exclude<UpstreamErrorKind, 'unknown'>, RegistryErrorKind>> = {
  denied: 'DENIED',
  'rate-limited': 'TOO_MANY_REQUESTS',
  failing: 'UPSTREAM_FAILED',
  unreachable: 'UPSTREAM_FAILED',
  timeout: 'UPSTREAM_TIMEOUT',
}

/** Runs `action`; an upstream's "unknown" becomes `unknown`. */
export async function withUpstreamErrors<T>(
  unknown: RegistryErrorKind,
  action: () => Promise<T>,
): Promise<T> {
  try {
    return await action()
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error
    const { kind, message, retryAfterMs } = error
    if (kind === 'unknown') throw new RegistryError(unknown, { cause: error })
    throw new RegistryError(told[kind], { message, retryAfterMs, cause: error })
  }
}
