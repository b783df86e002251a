import { createReadStream } from 'node:fs'
import { parseReference, type Digest } from '@berth/oci'
import { messageOf } from '@berth/stdx'
import type { ImageContext } from '../image-context.ts'
import { receiveBlob } from '../content/receive-blob.ts'
import type { Hold } from '../content/hold.ts'
import { whileHeld } from '../content/while-held.ts'
import { layerTarPath } from './check-layer.ts'
import type { Need } from './image-needs.ts'

/**
 * Puts a blob in the place of a broken one: from the layer that is the same archive, else from a repository that is known to
 * have had it. False when none of them gives it.
 */
export async function mendBlob(
  context: ImageContext,
  digest: Digest,
  { need, signal }: { need: Need | undefined; signal: AbortSignal },
): Promise<boolean> {
  if (await mendFromLayer(context, digest, signal)) return true
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

/** The archive of a layer is a blob that was not compressed, as imports and commits make them. */
async function mendFromLayer(context: ImageContext, digest: Digest, signal: AbortSignal): Promise<boolean> {
  const layer = await context.snapshotter.findLayer(digest)
  if (layer?.format !== 'erofs') return false
  const expected = { digest, size: layer.sizeBytes }
  try {
    await whileHeld(context, { action: `mend ${digest}` }, (hold) =>
      receiveBlob(createReadStream(layerTarPath(layer.directory), { signal }), {
        content: context.content,
        hold,
        expected,
      }),
    )
    return true
  } catch (error) {
    signal.throwIfAborted()
    context.logger.debug('The layer is not what the blob was', { digest, error: messageOf(error) })
    return false
  }
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
