import { parseReference, type Digest } from '@berth/oci'
import { messageOf } from '@berth/stdx'
import type { ImageContext } from '../image-context.ts'
import { receiveBlob } from '../receive-blob.ts'
import type { Hold } from '../hold.ts'
import { whileHeld } from '../while-held.ts'
import type { Need } from './image-needs.ts'

/**
 * Fetches a blob anew from a repository that is known to have had it, and puts it in the place of the broken one. False
 * when none of them gives it.
 */
export async function mendBlob(
  context: ImageContext,
  digest: Digest,
  { need, signal }: { need: Need | undefined; signal: AbortSignal },
): Promise<boolean> {
  const repositories = new Set([
    ...(need?.repositories ?? []),
    ...(await context.content.listOrigins(digest)),
  ])
  for (const repository of repositories) {
    try {
      await whileHeld(context, { action: `mend ${digest}` }, (hold) =>
        fetchAnew(context, { digest, repository, need, hold, signal }),
      )
      return true
    } catch (error) {
      signal.throwIfAborted()
      context.logger.warn('Cannot fetch a broken blob anew', { digest, repository, error: messageOf(error) })
    }
  }
  return false
}

interface Fetch {
  digest: Digest
  repository: string
  need: Need | undefined
  hold: Hold
  signal: AbortSignal
}

async function fetchAnew(
  { content, registry }: ImageContext,
  { digest, repository, need, hold, signal }: Fetch,
): Promise<void> {
  const reference = parseReference(`${repository}@${digest}`)
  const descriptor = need?.descriptor
  if (descriptor) {
    const body = registry.fetchBlob(reference, descriptor, { signal })
    await receiveBlob(body, { content, hold, expected: descriptor })
    return
  }
  const fetched = await registry.fetchManifest(reference, { digest, signal })
  const bytes = (async function* () {
    yield fetched.bytes
  })()
  await receiveBlob(bytes, { content, hold, expected: { digest, size: fetched.bytes.length } })
}
