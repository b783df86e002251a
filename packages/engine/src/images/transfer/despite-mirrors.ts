import type { Reference } from '@berth/oci'
import type { RegistryClient } from '@berth/registry-client'
import { isCoded } from '@berth/stdx'

interface BlobWish {
  registry: Pick<RegistryClient, 'isMirrored'>
  reference: Reference
  signal: AbortSignal
}

/**
 * Fetches a blob that is checked at its end. When it is not what it should be and mirrors were asked, one of them may have
 * kept it wrongly: then the registry itself is asked for all of it, once.
 */
export async function despiteMirrors<T>(
  { registry, reference, signal }: BlobWish,
  fetch: (options: { withoutMirrors: boolean }) => Promise<T>,
): Promise<T> {
  try {
    return await fetch({ withoutMirrors: false })
  } catch (error) {
    const isWrong = isCoded(error, 'data-loss') && !signal.aborted
    if (!isWrong || !(await registry.isMirrored(reference))) throw error
    return await fetch({ withoutMirrors: true })
  }
}
